package io.metastore.api;

import io.metastore.api.spi.MetaStoreProvider;
import io.metastore.api.spi.OpenSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A member of a replicated, durable store of metadata, living in this process.
 *
 * <p>Callable from any thread. Every call that waits has a deadline: the one of {@link #withTimeout}, or {@link Timeouts#call()}. A write
 * that returned is forced to disk on a majority of the voters.
 *
 * <p>Calls that wait throw, besides what they say themselves, {@link UnavailableException}, {@link DeadlineExceededException}, {@link
 * StoreClosedException} and {@link StoreFailedException}; those that write also {@link OverloadedException} and {@link
 * OutcomeUnknownException}. Only after the last may the write have happened. From a transaction body, a reader, a command handler or a
 * callback of the store they throw {@link ForbiddenThreadException} at once. An interrupt ends the wait and is kept.
 */
public interface MetaStore extends AutoCloseable {

    /**
     * Opens or creates a store with one durable member: no socket, no configuration.
     *
     * @throws DirectoryInUseException another store has it open
     * @throws DirectoryMismatchException the directory belongs to a member of a cluster
     * @throws DirectoryUnusableException it cannot be created, read or written
     * @throws CorruptStateException its files are damaged beyond what can be repaired without losing acknowledged writes
     * @throws StoreFailedException the journal or the state could not be opened or replayed
     * @throws UnavailableException it was not ready within {@link Timeouts#open()}
     * @throws ConfigurationException there is no implementation on the class path
     */
    static MetaStore open(Path directory) {
        return builder(directory).open();
    }

    /** Describes a store to open. */
    static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /**
     * A table, registered in the cluster if it is new; that needs a quorum once.
     *
     * @throws IncompatibleTableException the cluster knows it with other codecs or in a newer version
     */
    <K, V> Table<K, V> table(TableDef<K, V> table);

    /**
     * Runs a transaction and commits it, again and again until nothing it read was changed meanwhile. See {@link Transaction} for what a
     * body may do. One that only reads is as good as a linearizable read of all it looked at.
     *
     * @return the revision it made, or read when it changed nothing
     * @throws TransactionConflictException every attempt met a conflict, and there was no time for another; nothing was written
     * @throws OutcomeUnknownException the deadline passed while an attempt was under way
     * @throws TransactionAbortedException the body gave up
     * @throws LimitExceededException what it read and wrote is more than {@link Limits} allow
     */
    Revision update(Consumer<Transaction> body);

    /** {@link #update} with a result: the one of the attempt that was committed; may be null. */
    <R extends @Nullable Object> Committed<R> compute(Function<Transaction, R> body);

    /**
     * Checks and changes in one round trip.
     *
     * @throws BatchRejectedException its checks did not hold and it asked for an error then
     * @throws LimitExceededException it is more than {@link Limits} allow
     */
    BatchResult apply(Batch batch);

    /**
     * Runs a command on every member, at its place in the journal.
     *
     * @return what the handler returned, through its result codec
     * @throws UnknownCommandException it was not given to {@link Builder#commands}
     * @throws CommandFailedException the handler threw; its changes were dropped everywhere
     * @throws LimitExceededException the argument is more than {@link Limits} allow, or the encoded result has more than 2 MiB, whatever they allow; nothing was changed
     */
    <C, R> R execute(CommandType<C, R> type, C argument);

    /** {@link #execute} with the revision it made, or found when it changed nothing: the receipt by which {@link Cluster#fateOf} tells what became of it. */
    <C, R> Committed<R> executeCommitted(CommandType<C, R> type, C argument);

    /**
     * Reads one consistent state over all tables. The function runs once, on the calling thread; the deadline covers the wait for a state
     * that is fresh enough, not the function itself. Its state is kept as long as it runs, which costs disk space.
     */
    <R extends @Nullable Object> R read(ReadMode mode, Function<Snapshot, R> reader);

    /**
     * A sequence of numbers.
     *
     * @param sequence 1 to 128 letters, digits, '.', '-', '_'; begins to exist with its first number
     * @throws IllegalArgumentException the name is none
     */
    Ids ids(String sequence);

    /** The revision this member has applied; never blocks, and never goes back while the store is open. */
    Revision revision();

    /**
     * Waits until this member has applied the revision. Needs no quorum once it has.
     *
     * @param timeout instead of the store's own
     * @throws DeadlineExceededException it has not
     * @throws RevisionLostException it never will: a recovery went on without it
     */
    void awaitRevision(Revision revision, Duration timeout);

    /**
     * The same store with another deadline for its calls; cheap, and this one is unchanged. Closing either closes both.
     *
     * @throws IllegalArgumentException the timeout is not positive
     */
    MetaStore withTimeout(Duration timeout);

    /** The same store without waiting. */
    AsyncMetaStore async();

    /** The images of this member. */
    Checkpoints checkpoints();

    /** The members of the cluster and what changes them. Never blocks. */
    Cluster cluster();

    /** What this member knows about itself and the others; asks them, waits at most a second for those that do not answer. */
    StoreStatus status();

    /** What is not as it should be; asks nobody, never blocks. */
    Health health();

    /**
     * Stops: takes no more calls, answers those under way, lets go of files, threads and locks. Idempotent.
     *
     * <p>Takes at most two seconds. What has not stopped by then, a command handler that does not return or a disk that hangs, is left behind:
     * the log names its thread, and everything else has been let go of. While the last state is still being written, the directory stays locked.
     */
    @Override
    void close();

    /** Collects settings. Not thread-safe. */
    final class Builder {

        private final Path directory;
        private @Nullable MemberAddress member;
        private @Nullable String listenAddress;
        private List<MemberAddress> bootstrap = List.of();
        private List<String> join = List.of();
        private boolean observer;
        private boolean autoReplace;
        private boolean rejoin;
        private @Nullable Autopilot autopilot;
        private @Nullable Secret clusterToken;
        private @Nullable Tls tls;
        private boolean plaintextBeyondLoopback;
        private final List<CommandType<?, ?>> commands = new ArrayList<>();
        private Limits limits = Limits.defaults();
        private Timeouts timeouts = Timeouts.defaults();
        private CheckpointPolicy checkpoints = CheckpointPolicy.defaults();
        private ProgressListener progress = ProgressListener.NONE;
        private @Nullable Path imported;
        private final List<Addon> addons = new ArrayList<>();

        private Builder(Path directory) {
            this.directory = Objects.requireNonNull(directory, "directory");
        }

        /**
         * Who this member is.
         *
         * @param name 1 to 64 letters, digits, '.', '-', '_'; unique in the cluster, the same at every start
         * @param address host and port at which the others reach it, IPv6 in brackets; it listens there unless {@link #listen} says otherwise
         * @throws IllegalArgumentException the name or the address is none
         */
        public Builder member(String name, String address) {
            this.member = MemberAddress.voter(name, address);
            return this;
        }

        /**
         * Listens at another address than the one the others know, for a container or behind a forwarded port. The rule of {@link
         * #allowPlaintextBeyondLoopback} is about this address then. May differ from start to start.
         *
         * @param address host and port of this host, {@code 0.0.0.0:9010} for all its interfaces, IPv6 in brackets
         */
        public Builder listen(String address) {
            this.listenAddress = Objects.requireNonNull(address, "address");
            return this;
        }

        /** The members of a new cluster, written {@code name=host:port}; used once, ignored when the directory holds a member already. */
        public Builder bootstrap(String... members) {
            return bootstrap(Arrays.stream(members).map(MemberAddress::parse).toList());
        }

        /** The members of a new cluster; used once, ignored when the directory holds a member already. */
        public Builder bootstrap(List<MemberAddress> members) {
            this.bootstrap = List.copyOf(members);
            return this;
        }

        /**
         * Enters a cluster that is there. An empty directory asks the members found at these addresses to be taken in, until one of them does; it never begins a
         * new cluster. {@link Cluster#addVoter} or {@link Cluster#addObserver} may come before or after. Until it is taken in, the store is {@link
         * StoreState#JOINING}, {@link StoreStatus#reason} says what it waits for, and calls wait within their deadline.
         *
         * <p>On a directory that holds a member, the addresses are further places to look for the others, should all addresses it knows have changed. So the same
         * settings do for every start.
         *
         * @param helpers host and port of any members, IPv6 in brackets; at least one that is not this member, several so that one may be down
         * @throws IllegalArgumentException there is none, or one is no address
         */
        public Builder join(String... helpers) {
            if (helpers.length == 0) {
                throw new IllegalArgumentException("join needs the address of at least one member of the cluster");
            }
            for (String helper : helpers) {
                if (!MemberAddress.isAddress(helper)) {
                    throw new IllegalArgumentException(
                            "join takes addresses, written host:port without a name: helper='" + helper + "'");
                }
            }
            this.join = Arrays.stream(helpers).map(String::strip).distinct().toList();
            return this;
        }

        /** With {@link #join}: this member replicates without a vote. In a bootstrap list, {@code /observer} behind its address says so. */
        public Builder observer() {
            this.observer = true;
            return this;
        }

        /**
         * With {@link #join} and an empty directory: when a member of this name has lost its directory or no longer answers, takes its place as {@link
         * Cluster#replace} would, without somebody calling that. The same checks are made; while the other one answers it is refused. For hosts whose disks are
         * replaced by machines. Does nothing when the directory holds a member.
         */
        public Builder autoReplace() {
            this.autoReplace = true;
            return this;
        }

        /**
         * Lets this member come back by itself when the cluster was recovered without it: once it hears of the new epoch it ends its part in the old one, asks to
         * be taken in, and goes on as another incarnation and an observer, while the store stays open. What it had stays in its directory, as a branch. Without
         * this it is {@link StoreState#SUPERSEDED} then, and is not opened again; unless the plan of that recovery re-admits it, to which somebody has consented.
         */
        public Builder rejoin() {
            this.rejoin = true;
            return this;
        }

        /**
         * Lets this member, while it leads, replace voters that stay away by observers that wait; off unless called. The settings are those of the member that
         * leads, so give all members the same.
         */
        public Builder autopilot(Autopilot settings) {
            this.autopilot = settings;
            return this;
        }

        /** A secret all members share; a member with another one is refused. */
        public Builder clusterToken(Secret token) {
            this.clusterToken = token;
            return this;
        }

        /** Encrypts all traffic between members and makes both sides prove who they are. */
        public Builder tls(Tls tls) {
            this.tls = tls;
            return this;
        }

        /** Allows to listen beyond loopback without TLS: only for a network that nobody else can reach. */
        public Builder allowPlaintextBeyondLoopback() {
            this.plaintextBeyondLoopback = true;
            return this;
        }

        /** The commands this build knows, on top of those given before. Every member must know all that a journal may hold. */
        public Builder commands(CommandType<?, ?>... types) {
            commands.addAll(List.of(types));
            return this;
        }

        /** Sizes and counts; {@link Limits#defaults()} without it. */
        public Builder limits(Limits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /** Deadlines and election timing; {@link Timeouts#defaults()} without it. */
        public Builder timeouts(Timeouts timeouts) {
            this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
            return this;
        }

        /** When images are made and how long the journal is kept; {@link CheckpointPolicy#defaults()} without it. */
        public Builder checkpoints(CheckpointPolicy policy) {
            this.checkpoints = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Hears how far long work has come, opening included. */
        public Builder progress(ProgressListener listener) {
            this.progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Begins a new store with what {@link Checkpoints#exportTo} or {@link Checkpoints#dumpTo} wrote: its records, tables and sequences under a new cluster
         * identity; revisions go on where they were. Used once, when the directory is empty, and ignored afterwards. In a new cluster every member of the
         * bootstrap list imports the same file: the identity follows from members, token and file, so that a member that was given another file, or none, is
         * refused by the others, and so is one of the cluster that the file was exported from, also under its old name and address. Two clusters that were
         * begun with the same file, members and token have one identity, like two that were begun without a file: do not run both.
         */
        public Builder importFrom(Path file) {
            this.imported = Objects.requireNonNull(file, "file");
            return this;
        }

        /** Adds something another module brings. */
        public Builder with(Addon addon) {
            addons.add(Objects.requireNonNull(addon, "addon"));
            return this;
        }

        /**
         * Opens the store. A single member is ready when this returns; a member of a cluster may still be looking for the others, and its
         * calls wait for them within their deadline, but no longer than it takes to be sure that there is no quorum: three times {@link
         * Timeouts#electionMax()} without a leader. One that joins may return in state {@link StoreState#JOINING}. When it throws, nothing is left open.
         *
         * @throws ConfigurationException settings do not fit together, or there is no implementation on the class path
         * @throws DirectoryInUseException another store has the directory open
         * @throws DirectoryMismatchException the directory belongs to another member or cluster, or is empty where a member used to be
         * @throws DirectoryUnusableException it cannot be created, read or written
         * @throws CorruptStateException its files are damaged beyond what can be repaired without losing acknowledged writes
         * @throws AddressInUseException the member's port is taken
         * @throws StoreFailedException the journal or the state could not be opened or replayed
         * @throws UnavailableException a single member was not ready within {@link Timeouts#open()}
         */
        public MetaStore open() {
            OpenSettings settings =
                    settings(); // First: a mistake in the settings is the caller's to see, whatever else is wrong.
            return provider().open(settings);
        }

        /** Checks that the settings fit together; package-private for tests, which have no implementation to open. */
        OpenSettings settings() {
            MemberAddress self = member;
            if (self == null
                    && (!bootstrap.isEmpty()
                            || !join.isEmpty()
                            || observer
                            || autoReplace
                            || rejoin
                            || listenAddress != null)) {
                throw new ConfigurationException(
                        "bootstrap, join, observer, autoReplace, rejoin and listen need a member;"
                                + " call member(name, address) too");
            }
            if (self == null && autopilot != null) {
                throw new ConfigurationException(
                        "autopilot needs a member, the port-less single member has nobody to replace:" + " autopilot="
                                + autopilot + "; call member(name, address) too");
            }
            checkBootstrap();
            checkJoin();
            if (self != null) {
                String name = self.name();
                boolean listedAsObserver =
                        bootstrap.stream().anyMatch(each -> each.name().equals(name) && each.observer());
                self = new MemberAddress(name, self.address(), observer || listedAsObserver);
            }
            return new OpenSettings(
                    directory,
                    self,
                    listenAddress,
                    bootstrap,
                    join,
                    autoReplace,
                    rejoin,
                    autopilot,
                    clusterToken,
                    tls,
                    plaintextBeyondLoopback,
                    commands,
                    limits,
                    timeouts,
                    checkpoints,
                    progress,
                    imported,
                    addons);
        }

        private void checkBootstrap() {
            Set<String> seen = new HashSet<>();
            for (MemberAddress each : bootstrap) {
                if (!seen.add("name " + each.name()) || !seen.add("address " + each.address())) {
                    throw new ConfigurationException(
                            "two members of the bootstrap list have one name or one address: member=" + each
                                    + " bootstrap=" + bootstrap);
                }
            }
            if (!bootstrap.isEmpty() && bootstrap.stream().allMatch(MemberAddress::observer)) {
                throw new ConfigurationException(
                        "a cluster needs at least one member with a vote: bootstrap=" + bootstrap);
            }
        }

        private void checkJoin() {
            if (!bootstrap.isEmpty() && !join.isEmpty()) {
                throw new ConfigurationException("bootstrap and join exclude each other: bootstrap=" + bootstrap
                        + " join=" + join + "; use bootstrap on the first members of a new cluster, join on every"
                        + " member that enters one that is there");
            }
            if (observer && join.isEmpty()) {
                throw new ConfigurationException("observer needs join; call join(addresses) too, or write the member as"
                        + " name=host:port/observer in the bootstrap list: bootstrap=" + bootstrap);
            }
            if (autoReplace && join.isEmpty()) {
                throw new ConfigurationException("autoReplace needs join; call join(addresses) with those of the other"
                        + " members instead of bootstrap: bootstrap=" + bootstrap);
            }
            if (imported != null && !join.isEmpty()) {
                throw new ConfigurationException("importFrom and join exclude each other: file=" + imported + " join="
                        + join + "; a member that joins gets everything from the cluster, import into a new one");
            }
            if (member != null && join.equals(List.of(member.address()))) {
                throw new ConfigurationException("join names only this member itself: join=" + join
                        + "; name the address of another member of the cluster");
            }
        }

        private static MetaStoreProvider provider() {
            List<MetaStoreProvider> found = new ArrayList<>();
            ServiceLoader.load(MetaStoreProvider.class).forEach(found::add);
            if (found.isEmpty()) {
                // A context class loader may see less than the loader of this class does.
                ServiceLoader.load(MetaStoreProvider.class, MetaStore.class.getClassLoader())
                        .forEach(found::add);
            }
            if (found.size() != 1) {
                throw new ConfigurationException(
                        found.isEmpty()
                                ? "no implementation of MetaStore on the class path; add metastore-raft as a dependency"
                                : "more than one implementation of MetaStore on the class path: " + found
                                        + "; keep one metastore-raft");
            }
            return found.get(0);
        }
    }
}
