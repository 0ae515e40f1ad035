package io.metastore.benchmarks.je;

import com.sleepycat.je.DatabaseException;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.Member;
import io.metastore.benchmarks.Together;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Three JE environments; writes and strong reads go to the master. */
final class JeCluster implements Cluster {

    private final List<Member> members;
    private final ImagePlan plan;
    /** In the order of {@link #members}. */
    private final List<JeMember> running = new CopyOnWriteArrayList<>();

    private volatile @Nullable JeMember master;
    /** The place of the member that {@link #stopLeader} stopped. */
    private int stopped = -1;

    private JeCluster(List<Member> members, ImagePlan plan) {
        this.members = List.copyOf(members);
        this.plan = plan;
    }

    static JeCluster open(List<Member> members, ImagePlan plan) throws Exception {
        JeCluster cluster = new JeCluster(members, plan);
        Duration startMax = Await.startMax(members);
        try {
            if (members.get(0).isNew()) {
                cluster.running.add(JeMember.open(members.get(0), members, plan));
            }
            cluster.openTogether(members.subList(cluster.running.size(), members.size()));
            cluster.awaitLevel(startMax);
            return cluster;
        } catch (Exception | Error e) {
            try {
                cluster.close();
            } catch (IOException | RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    @Override
    public void put(String key, byte[] value) {
        JeMember leading = master();
        try {
            leading.put(key, value);
        } catch (DatabaseException | IllegalStateException e) {
            master = null; // Look again: it may have stopped leading.
            throw e;
        }
    }

    @Override
    public byte @Nullable [] readStrong(String key) {
        JeMember leading = master();
        try {
            return leading.read(key);
        } catch (DatabaseException | IllegalStateException e) {
            master = null;
            throw e;
        }
    }

    @Override
    public byte @Nullable [] readLocal(String key) {
        return running.get(0).read(key);
    }

    @Override
    public void stopLeader() {
        JeMember leading = master();
        stopped = running.indexOf(leading);
        leading.crash();
    }

    @Override
    public void restartStopped() throws Exception {
        running.set(stopped, JeMember.open(members.get(stopped), members, plan));
        awaitLevel(Await.startMax(members));
    }

    @Override
    public Images images() {
        return new Images() {
            @Override
            public void makeAtLeader() {
                master().checkpoint();
            }

            @Override
            public void makeEverywhere() throws Exception {
                Together.run(running, JeMember::checkpoint);
            }

            @Override
            public void makeInTurn(int turn) throws Exception {
                running.get(turn % running.size()).checkpoint();
            }
        };
    }

    @Override
    public void crash() {
        List<JeMember> open = List.copyOf(running);
        running.clear();
        open.forEach(JeMember::crash);
    }

    @Override
    public void close() throws IOException {
        JeMember leading = running.stream().filter(JeMember::isMaster).findAny().orElse(null);
        running.stream().filter(member -> member != leading).forEach(JeMember::close);
        if (leading != null) {
            leading.close(); // Last, or the others would hold an election meanwhile.
        }
    }

    /** Each returns only when a majority is there, so they have to start at once. */
    private void openTogether(List<Member> starting) throws Exception {
        ExecutorService starters = Executors.newFixedThreadPool(starting.size());
        try {
            List<Future<JeMember>> opening = new ArrayList<>();
            for (Member member : starting) {
                opening.add(starters.submit(() -> JeMember.open(member, members, plan)));
            }
            for (Future<JeMember> opened : opening) {
                running.add(opened.get());
            }
        } finally {
            starters.shutdown();
        }
    }

    private JeMember master() {
        JeMember known = master;
        if (known != null) {
            return known;
        }
        JeMember found = running.stream()
                .filter(JeMember::isMaster)
                .findAny()
                .orElseThrow(() -> new IllegalStateException("no master at the moment: members=" + members));
        master = found;
        return found;
    }

    /** Waits for a master, for two replicas, and until all three have the database. */
    private void awaitLevel(Duration max) throws InterruptedException {
        Await.until("a master with the database", max, () -> master().database() != null);
        Await.until("two replicas with the database", max, () -> {
            for (JeMember member : running) {
                if (!member.isMaster() && (!member.isReplica() || member.database() == null)) {
                    return false;
                }
            }
            return true;
        });
    }
}
