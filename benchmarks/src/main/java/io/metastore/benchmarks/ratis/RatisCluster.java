package io.metastore.benchmarks.ratis;

import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Member;
import io.metastore.benchmarks.PutEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** Three Ratis servers; requests are handed to whichever leads. */
final class RatisCluster implements Cluster {
    private static final long REPLY_SECONDS_MAX = 10;

    private final List<Member> members;
    /** In the order of {@link #members}. */
    private final List<RatisMember> running = new CopyOnWriteArrayList<>();

    private final ClientId client = ClientId.randomId();
    private final AtomicLong nextCall = new AtomicLong();
    private volatile @Nullable RatisMember leader;
    /** The place of the member that {@link #stopLeader} stopped. */
    private int stopped = -1;

    private RatisCluster(List<Member> members) {
        this.members = List.copyOf(members);
    }

    static RatisCluster open(List<Member> members) throws Exception {
        RatisCluster cluster = new RatisCluster(members);
        Duration startMax = Await.startMax(members);
        try {
            for (Member member : members) {
                cluster.running.add(RatisMember.open(member, members));
            }
            cluster.awaitLevel(startMax);
            return cluster;
        } catch (Exception | Error e) { // An Error too: a library on the class path that does not fit is one.
            try {
                cluster.close();
            } catch (IOException | RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    @Override
    public void put(String key, byte[] value) throws Exception {
        ByteString entry = UnsafeByteOperations.unsafeWrap(PutEntry.encode(key, value));
        submit(entry, RaftClientRequest.writeRequestType());
    }

    @Override
    public byte @Nullable [] readStrong(String key) throws Exception {
        ByteString value = submit(ByteString.copyFromUtf8(key), RaftClientRequest.readRequestType())
                .getMessage()
                .getContent();
        return value.isEmpty() ? null : value.toByteArray();
    }

    @Override
    public byte @Nullable [] readLocal(String key) {
        return running.get(0).records().read(key);
    }

    @Override
    public void stopLeader() throws Exception {
        RatisMember leading = leader();
        stopped = running.indexOf(leading);
        leading.close();
    }

    @Override
    public void restartStopped() throws Exception {
        running.set(stopped, RatisMember.open(members.get(stopped), members));
        awaitLevel(Await.startMax(members));
    }

    @Override
    public void close() throws IOException {
        for (RatisMember member : running) {
            member.close();
        }
    }

    private RaftClientReply submit(ByteString content, RaftClientRequest.Type type) throws Exception {
        RatisMember leading = leader();
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(leading.server().getId())
                .setGroupId(RatisMember.GROUP)
                .setCallId(nextCall.incrementAndGet())
                .setMessage(Message.valueOf(content))
                .setType(type)
                .build();
        try {
            RaftClientReply reply =
                    leading.server().submitClientRequestAsync(request).get(REPLY_SECONDS_MAX, TimeUnit.SECONDS);
            if (!reply.isSuccess()) {
                throw new IOException("request was refused: reply=" + reply, reply.getException());
            }
            return reply;
        } catch (Exception e) {
            leader = null; // Look again: it may have stopped leading.
            throw e;
        }
    }

    private RatisMember leader() {
        RatisMember known = leader;
        if (known != null) {
            return known;
        }
        RatisMember found = running.stream()
                .filter(RatisMember::isLeaderReady)
                .findAny()
                .orElseThrow(() -> new IllegalStateException("no leader at the moment: members=" + members));
        leader = found;
        return found;
    }

    /** Waits for a leader and until every member has applied what that leader had committed by then. */
    private void awaitLevel(Duration max) throws InterruptedException {
        Await.until("a ready leader", max, () -> leader().isLeaderReady());
        Await.until("all members to catch up", max, () -> {
            long committed = leader().committedIndex();
            for (RatisMember member : running) {
                if (member.info().getLastAppliedIndex() < committed) {
                    return false;
                }
            }
            return true;
        });
    }
}
