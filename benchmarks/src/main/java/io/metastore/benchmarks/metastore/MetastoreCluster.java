package io.metastore.benchmarks.metastore;

import io.metastore.api.MemberAddress;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.Member;
import io.metastore.benchmarks.Trees;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Members of this library with default settings; writes go to whichever leads. */
final class MetastoreCluster implements Cluster {

    private static final Duration START_MAX = Duration.ofMinutes(10);
    private static final long CLOSE_BEHIND_NANOS = 250_000_000;

    static final Set<MemberStatus.Role> VOTING =
            Set.of(MemberStatus.Role.LEADER, MemberStatus.Role.FOLLOWER, MemberStatus.Role.CANDIDATE);

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
    private final ImagePlan plan;
    private final ReceivedBytes received = new ReceivedBytes();
    private final List<Running> running = new CopyOnWriteArrayList<>();

    private volatile @Nullable Running leader;
    private volatile @Nullable Running reader;
    private @Nullable Member stopped;
    /** Last journal entry that the stopped member had applied. */
    private long stoppedAt;

    private MetastoreCluster(
            List<Member> members, @Nullable SimulatedNetwork network, Readers readers, ImagePlan plan) {
        this.members = members;
        this.network = network;
        this.readers = readers;
        this.plan = plan;
        this.bootstrap = members.stream()
                .map(member -> new MemberAddress(
                        member.name(),
                        member.address(),
                        readers == Readers.OBSERVER && member.equals(members.get(members.size() - 1))))
                .toList();
    }

    static MetastoreCluster open(
            List<Member> members, @Nullable SimulatedNetwork network, Readers readers, ImagePlan plan)
            throws InterruptedException {
        MetastoreCluster cluster = new MetastoreCluster(members, network, readers, plan);
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
        return open(builder(member).bootstrap(bootstrap));
    }

    private MetaStore.Builder builder(Member member) {
        return MetaStore.builder(metaDirectory(member))
                .member(member.name(), member.address())
                .checkpoints(MetastoreImages.policy(plan))
                .progress(received);
    }

    private MetaStore open(MetaStore.Builder builder) {
        return network == null ? builder.open() : builder.with(network).open();
    }

    private static Path metaDirectory(Member member) {
        return member.directory().resolve("meta");
    }

    private static boolean leads(MetaStore store) {
        return MemberProbe.of(store).leads();
    }

    /** Until all have applied what one of them has now. */
    private void awaitLevel() throws InterruptedException {
        Await.until("a leader", START_MAX, () -> running.stream().anyMatch(each -> leads(each.store())));
        long highest = highestRevision();
        Await.until("all members level", START_MAX, () -> {
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
        Running victim = awaitLeader();
        running.remove(victim);
        leader = running.get(0);
        reader = running.get(0);
        kill(victim);
    }

    /** Killed like a leader. */
    @Override
    public void stopFollower() throws InterruptedException {
        Running leading = awaitLeader();
        Running victim = running.stream()
                .filter(each -> !each.equals(leading))
                .findFirst()
                .orElseThrow();
        running.remove(victim);
        leader = leading;
        reader = leading;
        kill(victim);
    }

    private Running awaitLeader() throws InterruptedException {
        Await.until("a leader", START_MAX, () -> running.stream().anyMatch(each -> leads(each.store())));
        return running.stream()
                .filter(each -> leads(each.store()))
                .max(Comparator.comparing(each -> MemberProbe.of(each.store()).term()))
                .orElseThrow();
    }

    private void kill(Running victim) {
        stopped = victim.member();
        stoppedAt = MemberProbe.of(victim.store()).position().index();
        MemberProbe.kill(victim.store());
    }

    @Override
    public void restartStopped() throws InterruptedException {
        Member member = stoppedMember();
        comeBack(member, openOne(member));
    }

    /** It is another member of the same name, which takes the place of the one that is lost. */
    @Override
    public void restartStoppedEmpty() throws IOException, InterruptedException {
        Member member = stoppedMember();
        Trees.delete(metaDirectory(member));
        String[] others = running.stream().map(each -> each.member().address()).toArray(String[]::new);
        comeBack(member, open(builder(member).join(others).autoReplace()));
        Await.until("the member a voter again", START_MAX, () -> leader().store().cluster().members().stream()
                .anyMatch(each -> each.name().equals(member.name()) && VOTING.contains(each.role())));
    }

    private Member stoppedMember() {
        Member member = stopped;
        if (member == null) {
            throw new IllegalStateException("no member is stopped");
        }
        return member;
    }

    private void comeBack(Member member, MetaStore store) throws InterruptedException {
        Running back = new Running(member, OpenMember.of(store));
        running.add(back);
        awaitLevel();
        awaitCloseBehind(back);
    }

    /** Level for good, also while others write: what the others have now it has within a moment. */
    private void awaitCloseBehind(Running back) throws InterruptedException {
        Await.until("a member close behind the others", START_MAX, () -> {
            long highest = highestRevision();
            long begin = System.nanoTime();
            Await.until(
                    "a revision", START_MAX, () -> MemberProbe.of(back.store()).revision() >= highest);
            return System.nanoTime() - begin < CLOSE_BEHIND_NANOS;
        });
    }

    private long highestRevision() {
        return running.stream()
                .mapToLong(each -> MemberProbe.of(each.store()).revision())
                .max()
                .orElse(-1);
    }

    @Override
    public Images images() {
        return new MetastoreImages(
                () -> leader().store(),
                () -> running.stream().map(Running::store).toList(),
                () -> stoppedAt,
                received::sum);
    }

    @Override
    public void crash() {
        List<Running> open = List.copyOf(running);
        running.clear();
        open.forEach(each -> MemberProbe.kill(each.store()));
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
