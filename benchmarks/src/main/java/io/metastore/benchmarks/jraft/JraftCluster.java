package io.metastore.benchmarks.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.LogNotFoundException;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.Member;
import io.metastore.benchmarks.PutEntry;
import io.metastore.benchmarks.Together;
import io.metastore.benchmarks.Trees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Three SOFAJRaft nodes; requests are handed to whichever leads. */
final class JraftCluster implements Cluster {
    private static final long REPLY_SECONDS_MAX = 10;
    private static final byte[] NO_CONTEXT = {};

    private final List<Member> members;
    private final ImagePlan plan;
    /** In the order of {@link #members}. */
    private final List<JraftMember> running = new CopyOnWriteArrayList<>();

    private volatile @Nullable JraftMember leader;
    /** The place of the member that {@link #stopLeader} or {@link #stopFollower} stopped. */
    private int stopped = -1;
    /** The last entry of its log. */
    private long stoppedAt = -1;

    private long receivedBytes;

    private JraftCluster(List<Member> members, ImagePlan plan) {
        this.members = List.copyOf(members);
        this.plan = plan;
    }

    static JraftCluster open(List<Member> members, ImagePlan plan) throws Exception {
        JraftCluster cluster = new JraftCluster(members, plan);
        Duration startMax = Await.startMax(members);
        try {
            for (Member member : members) {
                cluster.running.add(JraftMember.open(member, members, plan));
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
        stop(leader());
    }

    @Override
    public void stopFollower() throws Exception {
        JraftMember leading = leader();
        stop(running.stream()
                .filter(member -> !member.equals(leading))
                .findFirst()
                .orElseThrow());
    }

    private void stop(JraftMember victim) throws IOException {
        stopped = running.indexOf(victim);
        stoppedAt = victim.node().getLastLogIndex();
        victim.close();
    }

    @Override
    public void restartStopped() throws Exception {
        Member back = members.get(stopped);
        Set<String> own = JraftMember.snapshots(back).keySet();
        running.set(stopped, JraftMember.open(back, members, plan));
        awaitLevel(Await.startMax(members));
        Map<String, Long> now = new HashMap<>(JraftMember.snapshots(back));
        now.keySet().removeAll(own);
        receivedBytes += now.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same member for the others, which send it what it lacks. */
    @Override
    public void restartStoppedEmpty() throws Exception {
        Path directory = members.get(stopped).directory();
        Trees.delete(directory);
        Files.createDirectories(directory);
        restartStopped();
    }

    @Override
    public Images images() {
        return new Images() {
            @Override
            public void makeAtLeader() throws Exception {
                leader().snapshot();
            }

            @Override
            public void makeEverywhere() throws Exception {
                Together.run(withoutStopped(), JraftMember::snapshot);
            }

            @Override
            public void makeInTurn(int turn) throws Exception {
                List<JraftMember> members = withoutStopped();
                members.get(turn % members.size()).snapshot();
            }

            @Override
            public boolean journalPurgedPastStopped() {
                try {
                    leader().node().readCommittedUserLog(stoppedAt + 1);
                    return false;
                } catch (LogNotFoundException e) {
                    return true; // Deleted with all that a snapshot contains.
                }
            }

            @Override
            public long receivedBytes() {
                return receivedBytes;
            }
        };
    }

    private List<JraftMember> withoutStopped() {
        return running.stream().filter(JraftMember::isOpen).toList();
    }

    /** Records are in memory only, so closing loses all that a crash would. */
    @Override
    public void crash() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        for (JraftMember member : withoutStopped()) {
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
