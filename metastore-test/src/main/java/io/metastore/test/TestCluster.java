package io.metastore.test;

import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.Timeouts;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.RepeatedClosures;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Members in one JVM, on real files, that can be killed, stopped, wiped, restarted and cut off from each other.
 *
 * <p>Thread-safe. Waits by looking again and again, at most {@link Builder#patience}; what it waited for in vain is an {@link AssertionError} with the
 * state of every member.
 */
public final class TestCluster implements AutoCloseable {

    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private final Builder settings;
    private final long seed;
    private final Path root;
    private final SimulatedNetwork network;
    private final List<TestMember> members = new CopyOnWriteArrayList<>();
    private final int number;
    private final AtomicInteger addresses = new AtomicInteger();
    private final List<MemberAddress> bootstrap = new ArrayList<>();
    private volatile boolean keepDirectories;

    private TestCluster(Builder settings) {
        this.settings = settings;
        this.seed =
                settings.seed != 0 ? settings.seed : ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        boolean simulated = settings.links == MetaStoreTest.Links.SIMULATED;
        this.network = simulated ? new SimulatedNetwork(seed) : SimulatedNetwork.overSockets(seed);
        this.root = createRoot(settings.directory);
        this.number = CLUSTERS.incrementAndGet();
        for (int i = 1; i <= settings.voters + settings.observers; i++) {
            String name = "fe" + i;
            String address = simulated ? name + ".c" + number + ":9010" : LoopbackAddresses.next();
            bootstrap.add(new MemberAddress(name, address, i > settings.voters));
            members.add(new TestMember(this, name, address, root.resolve(name), i > settings.voters));
        }
    }

    private static Path createRoot(@Nullable Path parent) {
        try {
            return parent == null
                    ? Files.createTempDirectory("metastore-test-")
                    : Files.createTempDirectory(Files.createDirectories(parent), "cluster-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This many voters on a simulated network, with a leader when this returns. */
    public static TestCluster start(int voters) {
        return builder().voters(voters).start();
    }

    public static Builder builder() {
        return new Builder();
    }

    MetaStore open(TestMember member) {
        MetaStore.Builder builder = MetaStore.builder(member.directory())
                .member(member.name(), member.address())
                .timeouts(settings.timeouts)
                .with(network);
        if (member.joins()) {
            builder.join(helpers(member));
            if (member.isObserver()) {
                builder.observer();
            }
        } else {
            builder.bootstrap(bootstrap);
        }
        builder = member.settings().apply(builder);
        if (settings.rerunClosures) {
            builder.with(new RepeatedClosures());
        }
        return settings.each.apply(builder).open();
    }

    private String[] helpers(TestMember joining) {
        return members.stream()
                .filter(member -> member != joining)
                .map(TestMember::address)
                .toArray(String[]::new);
    }

    /**
     * One more member, with an empty directory, not started and not in the cluster: {@link TestMember#restart} starts it, and it asks the others to be taken
     * in with a vote.
     */
    public TestMember newMember(String name) {
        return newMember(name, false);
    }

    /** As {@link #newMember(String)}, for one that asks for no vote. */
    public TestMember newObserver(String name) {
        return newMember(name, true);
    }

    private TestMember newMember(String name, boolean observer) {
        if (members.stream().anyMatch(member -> member.name().equals(name))) {
            throw new IllegalArgumentException("there is a member of that name: " + name);
        }
        TestMember added = new TestMember(this, name, newAddress(name), root.resolve(name), observer);
        added.joining(UnaryOperator.identity());
        members.add(added);
        return added;
    }

    /** An address nobody else has in this cluster. */
    public String newAddress(String name) {
        boolean simulated = settings.links == MetaStoreTest.Links.SIMULATED;
        return simulated ? name + ".c" + number + ":" + (9010 + addresses.incrementAndGet()) : LoopbackAddresses.next();
    }

    /** Starts or restarts several members at once. */
    public void restart(Collection<TestMember> stopped) {
        AtOnce.all(stopped, TestMember::restart);
    }

    public List<TestMember> members() {
        return List.copyOf(members);
    }

    public List<TestMember> running() {
        return members.stream().filter(TestMember::isRunning).toList();
    }

    public TestMember member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such member: " + name));
    }

    /** The member that leads and is ready; waits for one. Of two that think so, one of them isolated, the one with the later term. */
    public TestMember leader() {
        await("a leader", () -> findLeader().isPresent());
        return findLeader().orElseThrow();
    }

    private Optional<TestMember> findLeader() {
        TestMember best = null;
        long bestTerm = -1;
        for (TestMember member : running()) {
            MemberProbe probe = probe(member);
            if (probe != null && probe.leads() && probe.term() > bestTerm) {
                best = member;
                bestTerm = probe.term();
            }
        }
        return Optional.ofNullable(best);
    }

    private static @Nullable MemberProbe probe(TestMember member) {
        try {
            return member.probe();
        } catch (IllegalStateException e) {
            return null; // It was stopped meanwhile.
        }
    }

    /** A running voter that does not lead. */
    public TestMember anyFollower() {
        return followers().get(0);
    }

    /** Every running voter that does not lead; waits for a leader first. */
    public List<TestMember> followers() {
        TestMember leader = leader();
        return members.stream()
                .filter(member -> !member.isObserver() && member.isRunning() && member != leader)
                .toList();
    }

    /** Every member that was started without a vote. */
    public List<TestMember> observers() {
        return members.stream().filter(TestMember::isObserver).toList();
    }

    /** The links between members, to be broken. */
    public SimulatedNetwork network() {
        return network;
    }

    /** No message passes between the two sides. */
    public void partition(Collection<TestMember> side, Collection<TestMember> otherSide) {
        network()
                .partition(
                        side.stream().map(TestMember::address).toList(),
                        otherSide.stream().map(TestMember::address).toList());
    }

    /** Ends every fault of the links. */
    public void heal() {
        network().heal();
    }

    /** Waits until every running member contains the revision. */
    public void awaitApplied(Revision revision) {
        running().forEach(member -> member.store().awaitRevision(revision, settings.patience));
    }

    /** Waits until there is one leader, one term, and the same position, revision and fingerprint on every running member. */
    public void assertConverged() {
        await("convergence", () -> {
            List<MemberProbe> probes = running().stream().map(TestMember::probe).toList();
            return probes.stream().filter(MemberProbe::leads).count() == 1
                    && probes.stream().map(MemberProbe::term).distinct().count() == 1
                    && probes.stream()
                                    .map(probe -> probe.position() + " " + probe.revision() + " " + probe.fingerprint())
                                    .distinct()
                                    .count()
                            == 1;
        });
        for (TestMember member : running()) {
            String kept = member.probe().fingerprint();
            String anew = MemberProbe.recomputeFingerprint(member.store());
            if (!kept.equals(anew) && kept.equals(member.probe().fingerprint())) {
                throw new AssertionError("fingerprint does not fit the records: member=" + member.name() + " kept="
                        + kept + " anew=" + anew + "\n" + describe());
            }
        }
    }

    private void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(settings.patience)
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("waited in vain for " + what + " for " + settings.patience + "\n" + describe(), e);
        }
    }

    /** The state of every member, the seed and where the files are. Says so of a member that cannot tell; throws nothing. */
    public String describe() {
        String probes = running().stream()
                .map(member -> "  " + told(() -> String.valueOf(member.probe())))
                .collect(Collectors.joining("\n"));
        String table = running().stream()
                .findFirst()
                .map(member -> told(() -> member.store().status().toTable()))
                .orElse("no member runs\n");
        return table + probes + "\nseed=" + seed + " directories=" + root;
    }

    /** What failed is described exactly when something is wrong. */
    private static String told(Supplier<String> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return "cannot tell: " + e + "\n";
        }
    }

    public long seed() {
        return seed;
    }

    /** Below this every member has its directory. */
    public Path root() {
        return root;
    }

    /** Leaves the directories when the cluster is closed. */
    public void keepDirectories() {
        keepDirectories = true;
    }

    /** Closes all members at once and deletes their directories, unless they are to be kept. */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        AtOnce.all(members, member -> {
            List<RuntimeException> own = new ArrayList<>();
            member.closeQuietly(own);
            synchronized (failures) {
                failures.addAll(own);
            }
        });
        if (!keepDirectories) {
            TestMember.delete(root);
        }
        if (!failures.isEmpty()) {
            IllegalStateException failure = new IllegalStateException("closing failed", failures.get(0));
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** Settings of a cluster. */
    public static final class Builder {

        private int voters = 3;
        private int observers;
        private long seed;
        private boolean rerunClosures;
        private MetaStoreTest.Links links = MetaStoreTest.Links.SIMULATED;
        private @Nullable Path directory;
        private Duration patience = Duration.ofSeconds(20);
        private Timeouts timeouts = Timeouts.defaults().withElection(Duration.ofMillis(300), Duration.ofMillis(600));
        private UnaryOperator<MetaStore.Builder> each = UnaryOperator.identity();

        private Builder() {}

        public Builder voters(int count) {
            voters = count;
            return this;
        }

        public Builder observers(int count) {
            observers = count;
            return this;
        }

        /** What is random in the links comes from it. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder links(MetaStoreTest.Links value) {
            links = value;
            return this;
        }

        /** Every transaction body runs once in vain before it runs in earnest, so that side effects show; off by default. */
        public Builder rerunClosures(boolean value) {
            rerunClosures = value;
            return this;
        }

        /** Where the members' directories go; a temporary directory by default. */
        public Builder directory(Path parent) {
            directory = parent;
            return this;
        }

        /** How long to wait for what should happen; 20 s by default. */
        public Builder patience(Duration value) {
            patience = value;
            return this;
        }

        /** Deadlines and elections; elections are quicker than the library's default so that tests are. */
        public Builder timeouts(Timeouts value) {
            timeouts = value;
            return this;
        }

        /** More settings for every member, such as its commands. */
        public Builder configure(UnaryOperator<MetaStore.Builder> more) {
            each = more;
            return this;
        }

        /**
         * Starts all members at once and waits until one leads and all others have heard of it. When that fails nothing is left open, and the directories are kept.
         *
         * @throws AssertionError naming the seed and the directories
         */
        public TestCluster start() {
            if (voters < 1 || observers < 0) {
                throw new IllegalArgumentException("invalid cluster: voters=" + voters + " observers=" + observers);
            }
            TestCluster cluster = new TestCluster(this);
            try {
                cluster.restart(cluster.members);
                cluster.leader();
                cluster.await("every member to hear the leader", () -> cluster.running().stream()
                        .map(TestCluster::probe)
                        .allMatch(probe -> probe != null && probe.position().index() >= 0));
                return cluster;
            } catch (RuntimeException | Error e) {
                AssertionError failure = new AssertionError("a cluster did not start\n" + cluster.describe(), e);
                cluster.keepDirectories();
                try {
                    cluster.close();
                } catch (RuntimeException closing) {
                    failure.addSuppressed(closing);
                }
                throw failure;
            }
        }
    }
}
