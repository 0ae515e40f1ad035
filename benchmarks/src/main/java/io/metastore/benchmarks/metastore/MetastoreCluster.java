package io.metastore.benchmarks.metastore;

import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Member;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Members of this library with default settings; writes go to whichever leads. */
final class MetastoreCluster implements Cluster {

    private static final Duration START_MAX = Duration.ofMinutes(10);

    /** Who serves the strong reads. */
    enum Readers {
        LEADER,
        FOLLOWER,
        OBSERVER
    }

    private record Running(Member member, OpenMember open) {
        MetaStore store() {
            return open.store();
        }
    }

    private final List<Member> members;
    private final List<MemberAddress> bootstrap;
    private final @Nullable SimulatedNetwork network;
    private final Readers readers;
    private final List<Running> running = new CopyOnWriteArrayList<>();

    private volatile @Nullable Running leader;
    private volatile @Nullable Running reader;
    private @Nullable Member stopped;

    private MetastoreCluster(List<Member> members, @Nullable SimulatedNetwork network, Readers readers) {
        this.members = members;
        this.network = network;
        this.readers = readers;
        this.bootstrap = members.stream()
                .map(member -> new MemberAddress(
                        member.name(),
                        member.address(),
                        readers == Readers.OBSERVER && member.equals(members.get(members.size() - 1))))
                .toList();
    }

    static MetastoreCluster open(List<Member> members, @Nullable SimulatedNetwork network, Readers readers)
            throws InterruptedException {
        MetastoreCluster cluster = new MetastoreCluster(members, network, readers);
        try {
            List<MetaStore> stores = cluster.openAll();
            Await.until("a leader", START_MAX, () -> stores.stream().anyMatch(MetastoreCluster::leads));
            for (int i = 0; i < stores.size(); i++) {
                cluster.running.add(new Running(members.get(i), OpenMember.of(stores.get(i))));
            }
            cluster.awaitLevel();
            return cluster;
        } catch (InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** All at once, as hosts start. */
    private List<MetaStore> openAll() throws InterruptedException {
        MetaStore[] stores = new MetaStore[members.size()];
        List<Thread> threads = new ArrayList<>();
        List<RuntimeException> failures = new CopyOnWriteArrayList<>();
        for (int i = 0; i < stores.length; i++) {
            int place = i;
            Thread thread = new Thread(() -> {
                try {
                    stores[place] = openOne(members.get(place));
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return List.of(stores);
    }

    private MetaStore openOne(Member member) {
        MetaStore.Builder builder = MetaStore.builder(member.directory().resolve("meta"))
                .member(member.name(), member.address())
                .bootstrap(bootstrap);
        return network == null ? builder.open() : builder.with(network).open();
    }

    private static boolean leads(MetaStore store) {
        return MemberProbe.of(store).leads();
    }

    private void awaitLevel() throws InterruptedException {
        Await.until("all members level", START_MAX, () -> {
            long highest = running.stream()
                    .mapToLong(each -> MemberProbe.of(each.store()).revision())
                    .max()
                    .orElse(-1);
            Optional<Running> leading =
                    running.stream().filter(each -> leads(each.store())).findFirst();
            leader = leading.orElse(null);
            return leading.isPresent()
                    && running.stream()
                            .allMatch(each -> MemberProbe.of(each.store()).revision() >= highest);
        });
        reader = chooseReader();
    }

    private @Nullable Running chooseReader() {
        return switch (readers) {
            case LEADER -> leader;
            case FOLLOWER ->
                running.stream()
                        .filter(each -> !each.equals(leader))
                        .findFirst()
                        .orElse(null);
            case OBSERVER -> running.get(running.size() - 1);
        };
    }

    private Running leader() {
        Running now = leader;
        return now != null ? now : running.get(0);
    }

    @Override
    public void put(String key, byte[] value) {
        leader().open().put(key, value);
    }

    @Override
    public byte @Nullable [] readStrong(String key) {
        Running now = reader;
        return (now != null ? now : leader()).open().readStrong(key);
    }

    @Override
    public byte @Nullable [] readLocal(String key) {
        return running.get(0).open().readLocal(key);
    }

    @Override
    public void transact(List<String> reads, List<String> writes, byte[] value) {
        leader().open().transact(reads, writes, value);
    }

    /** Killed without a goodbye: links dead at once, nothing flushed. */
    @Override
    public void stopLeader() throws InterruptedException {
        Await.until("a leader", START_MAX, () -> running.stream().anyMatch(each -> leads(each.store())));
        Running victim = running.stream()
                .filter(each -> leads(each.store()))
                .max(Comparator.comparing(each -> MemberProbe.of(each.store()).term()))
                .orElseThrow();
        running.remove(victim);
        leader = running.get(0);
        reader = running.get(0);
        stopped = victim.member();
        MemberProbe.kill(victim.store());
    }

    @Override
    public void restartStopped() throws InterruptedException {
        Member member = stopped;
        if (member == null) {
            throw new IllegalStateException("no member is stopped");
        }
        running.add(new Running(member, OpenMember.of(openOne(member))));
        awaitLevel();
    }

    @Override
    public void close() {
        List<Running> open = List.copyOf(running);
        running.clear();
        List<Thread> threads = open.stream()
                .map(each -> new Thread(() -> each.store().close()))
                .toList();
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
