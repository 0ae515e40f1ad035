package io.metastore.benchmarks.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.entity.Task;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Member;
import io.metastore.benchmarks.PutEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Three SOFAJRaft nodes; requests are handed to whichever leads. */
final class JraftCluster implements Cluster {
    private static final long REPLY_SECONDS_MAX = 10;
    private static final byte[] NO_CONTEXT = {};

    private final List<Member> members;
    /** In the order of {@link #members}. */
    private final List<JraftMember> running = new CopyOnWriteArrayList<>();

    private volatile @Nullable JraftMember leader;
    /** The place of the member that {@link #stopLeader} stopped. */
    private int stopped = -1;

    private JraftCluster(List<Member> members) {
        this.members = List.copyOf(members);
    }

    static JraftCluster open(List<Member> members) throws Exception {
        JraftCluster cluster = new JraftCluster(members);
        Duration startMax = Await.startMax(members);
        try {
            for (Member member : members) {
                cluster.running.add(JraftMember.open(member, members));
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
        CompletableFuture<Status> applied = new CompletableFuture<>();
        leader().node().apply(new Task(ByteBuffer.wrap(PutEntry.encode(key, value)), applied::complete));
        awaitOk(applied);
    }

    @Override
    public byte @Nullable [] readStrong(String key) throws Exception {
        JraftMember leading = leader();
        awaitOk(readIndex(leading));
        return leading.records().read(key);
    }

    @Override
    public byte @Nullable [] readLocal(String key) {
        return running.get(0).records().read(key);
    }

    @Override
    public void stopLeader() throws Exception {
        JraftMember leading = leader();
        stopped = running.indexOf(leading);
        leading.close();
    }

    @Override
    public void restartStopped() throws Exception {
        running.set(stopped, JraftMember.open(members.get(stopped), members));
        awaitLevel(Await.startMax(members));
    }

    @Override
    public void close() throws IOException {
        for (JraftMember member : running) {
            member.close();
        }
    }

    /** Completes once the member has applied everything that was committed when this was called. */
    private static CompletableFuture<Status> readIndex(JraftMember member) {
        CompletableFuture<Status> confirmed = new CompletableFuture<>();
        member.node()
                .readIndex(
                        NO_CONTEXT,
                        new ReadIndexClosure(-1) { // No timer each: the caller waits with a limit.
                            @Override
                            public void run(Status status, long index, byte[] context) {
                                confirmed.complete(status);
                            }
                        });
        return confirmed;
    }

    private void awaitOk(CompletableFuture<Status> answer) throws Exception {
        Status status;
        try {
            status = answer.get(REPLY_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception e) {
            leader = null; // Look again: it may have stopped leading.
            throw e;
        }
        if (!status.isOk()) {
            leader = null;
            throw new IOException("request was refused: status=" + status);
        }
    }

    private JraftMember leader() {
        JraftMember known = leader;
        if (known != null) {
            return known;
        }
        JraftMember found = running.stream()
                .filter(JraftMember::isLeader)
                .findAny()
                .orElseThrow(() -> new IllegalStateException("no leader at the moment: members=" + members));
        leader = found;
        return found;
    }

    /** A follower asks the leader for its index, so every member shows that it is level by one such read. */
    private void awaitLevel(Duration max) throws InterruptedException {
        for (JraftMember member : running) {
            Await.until("a member to catch up", max, () -> readIndex(member)
                    .get(1, TimeUnit.SECONDS)
                    .isOk());
        }
        Await.until("a leader", max, () -> leader().isLeader());
    }
}
