package io.metastore.raft.internal.node;

import io.metastore.api.AddressInUseException;
import io.metastore.api.ConfigurationException;
import io.metastore.api.MemberAddress;
import io.metastore.api.StoreState;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.cluster.StepObserver;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.members.RecentEntries;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a node step by step: lock and identity, the network, the state, then the journal. Whatever was opened is closed again when a later step
 * fails.
 */
public final class NodeOpener {

    private static final Logger log = LoggerFactory.getLogger(NodeOpener.class);

    /** How many longest election times without a leader are called NO_QUORUM. */
    private static final int PATIENCE = 3;

    /** Opens the network of a member. */
    @FunctionalInterface
    public interface TransportFactory {
        /**
         * A network that does not listen yet.
         *
         * @param clusterId null for a member that knows no cluster yet
         */
        Transport open(String address, @Nullable UUID clusterId) throws IOException;
    }

    private final OpenSettings settings;
    private final FileLayer files;
    private final TransportFactory transports;
    private final EngineFactory engines;
    private final CommandRuntime commands;
    private final Meters meters;
    private final StepObserver steps;
    private final Clock clock;

    public NodeOpener(
            OpenSettings settings,
            FileLayer files,
            TransportFactory transports,
            EngineFactory engines,
            CommandRuntime commands,
            Meters meters,
            StepObserver steps,
            Clock clock) {
        this.settings = settings;
        this.files = files;
        this.transports = transports;
        this.engines = engines;
        this.commands = commands;
        this.meters = meters;
        this.steps = steps;
        this.clock = clock;
    }

    /** Opens the node; a typed exception leaves nothing open. An interrupt that came before is kept for afterwards. */
    public Node open() {
        return Uninterrupted.call(() -> openDirectory(null));
    }

    /**
     * Opens a member again of which the epoch has changed, without giving its directory free in between.
     *
     * @param held by the member as it was; when that is closed already the directory is opened as by {@link #open}
     */
    public Node reopen(MemberDirectory held) {
        return Uninterrupted.call(() -> openDirectory(held));
    }

    private Node openDirectory(@Nullable MemberDirectory held) {
        String tokenDigest = ClusterIds.tokenDigest(settings.clusterToken());
        if ((held == null || held.isClosed()) && Rejoining.isAllowed(settings, files)) {
            try (EpochSuccession succession = EpochSuccession.open(files, settings.directory())) {
                rejoining(tokenDigest).run(succession, expectation(tokenDigest), "");
            }
        }
        MemberDirectory directory = held == null || held.isClosed()
                ? MemberDirectory.open(files, settings.directory(), expectation(tokenDigest))
                : held.reopened(expectation(tokenDigest));
        try (Unwinding unwinding = new Unwinding()) {
            unwinding.add(directory::close);
            Node node = open(directory, tokenDigest, unwinding);
            unwinding.keep();
            return node;
        }
    }

    private Rejoining rejoining(String tokenDigest) {
        return new Rejoining(settings, new Admission(settings, transports, tokenDigest, clock));
    }

    /**
     * Lets a member come back that was left behind by a recovery; to be opened again afterwards.
     *
     * @param held by the member, which does not listen any more
     * @param told where somebody of the next epoch listens
     */
    public void rejoin(MemberDirectory held, String told) {
        String tokenDigest = ClusterIds.tokenDigest(settings.clusterToken());
        try (EpochSuccession succession = EpochSuccession.within(files, held)) {
            rejoining(tokenDigest).run(succession, expectation(tokenDigest), told);
        }
    }

    /** Whether the member may come back by itself that a recovery of others has left behind: its application has allowed it, or the plan of that recovery. */
    public boolean mayRejoin(MemberDirectory held) {
        if (held.isClosed()) {
            return false;
        }
        try (EpochSuccession succession = EpochSuccession.within(files, held)) {
            return Rejoining.isAllowed(settings, succession);
        }
    }

    /**
     * Answers at the address of a member that takes no part.
     *
     * @return ends it
     */
    public Runnable listen(MemberDirectory held, Transport.Handler handler) {
        MemberAddress self = settings.member();
        if (self == null || held.isClosed()) {
            return () -> {};
        }
        try {
            Transport transport =
                    transports.open(self.address(), held.identity().clusterId());
            try {
                transport.listen(handler);
                return transport::close;
            } catch (IOException e) {
                transport.close();
                throw e;
            }
        } catch (IOException e) {
            log.warn("member is sealed and cannot be reached: member={} reason={}", self, e.getMessage());
            return () -> {};
        }
    }

    private Founding founding() {
        return new Founding(settings, files, clock);
    }

    private Expectation expectation(String tokenDigest) {
        MemberAddress self = settings.member();
        return self == null ? Expectation.single() : Expectation.member(self, tokenDigest);
    }

    private Node open(MemberDirectory directory, String tokenDigest, Unwinding unwinding) {
        MemberAddress self = settings.member();
        Admission admission =
                directory.isEmpty() && self != null && !settings.join().isEmpty()
                        ? new Admission(settings, transports, tokenDigest, clock).ask(self)
                        : null;
        UUID clusterId = directory.isEmpty()
                ? founding().clusterId(tokenDigest, admission)
                : directory.identity().clusterId();
        MovableTransport transport = openTransport(self, clusterId, unwinding);
        Members members = new Members(firstPeers(directory), transport);
        MemberService service = new MemberService(members);
        if (transport != null && self != null) {
            listen(transport, service, self);
        }
        if (admission != null) {
            directory.initialize(admission.identity(), admission.membership());
        } else if (directory.isEmpty()) {
            founding().initialize(directory, clusterId, tokenDigest, members);
        }
        if (self != null && directory.isToBecomeMember()) {
            takeName(directory, self);
        }
        if (transport != null && self != null && directory.addressDiffers()) {
            Identity before = directory.identity();
            new TwinCheck(members, directory.root())
                    .checkBeforeMove(new MemberId(before.memberName(), before.incarnation()), before.address());
            directory.updateAddress(self.address()); // The others are told, and the cluster records it.
        }
        Identity identity = directory.identity();
        members.peers(new Peers(identity.memberName(), located(directory)));
        members.id(new MemberId(identity.memberName(), identity.incarnation()).text());
        members.address(self == null ? "" : self.address());
        AddressMove move = new AddressMove(
                members, transport, directory, service, address -> transports.open(address, clusterId), steps);
        return assemble(directory, members, service, move, unwinding);
    }

    /** Makes a single member one of a cluster, with itself as the only one. Cut off in between, it goes on when it is opened in the same way again. */
    private static void takeName(MemberDirectory directory, MemberAddress self) {
        directory.adoptToken();
        Identity named = directory.identity().named(self);
        Membership alone = directory.membership();
        directory.updateMembership(new Membership(
                alone.epoch(),
                alone.formed(),
                alone.index(),
                Membership.alone(named).members()));
        directory.updateIdentity(named);
    }

    /** Who is in the cluster as far as the directory knows, this member where it listens now. */
    private static List<Membership.Member> located(MemberDirectory directory) {
        Identity self = directory.identity();
        return directory.membership().members().stream()
                .map(member -> member.name().equals(self.memberName())
                        ? new Membership.Member(member.name(), self.address(), member.role(), member.incarnation())
                        : member)
                .toList();
    }

    private Peers firstPeers(MemberDirectory directory) {
        if (!directory.isEmpty()) {
            return new Peers(
                    directory.identity().memberName(), directory.membership().members());
        }
        MemberAddress self = settings.member();
        return new Peers(self == null ? Identity.SINGLE_NAME : self.name(), List.of());
    }

    private @Nullable MovableTransport openTransport(
            @Nullable MemberAddress self, UUID clusterId, Unwinding unwinding) {
        if (self == null) {
            return null;
        }
        try {
            MovableTransport transport = new MovableTransport(transports.open(self.address(), clusterId));
            unwinding.add(transport::close);
            return transport;
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the member's network could not be set up: member=" + self + " reason=" + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "the member's address, or the one to listen at, cannot be used: member=" + self + " reason="
                            + e.getMessage(),
                    e);
        }
    }

    static void listen(Transport transport, Transport.Handler service, MemberAddress self) {
        try {
            transport.listen(service);
        } catch (TransportException e) {
            throw new ConfigurationException(
                    "the member may not listen at its address: member=" + self + " reason=" + e.getMessage()
                            + "; call tls(..), or allowPlaintextBeyondLoopback() on a network that nobody else can reach",
                    e);
        } catch (IOException e) {
            throw new AddressInUseException(
                    "the member cannot listen at its address: member=" + self + " reason=" + e.getMessage()
                            + "; free the address, give the member another one, or listen(..) at an address of this host",
                    e);
        }
    }

    private Node assemble(
            MemberDirectory directory, Members members, MemberService service, AddressMove move, Unwinding unwinding) {
        Duration patience = settings.timeouts().electionMax().multipliedBy(PATIENCE);
        Condition condition = new Condition(members.self(), patience);
        Storage storage = Storage.open(
                new Storage.Ground(
                        settings,
                        files,
                        directory,
                        members,
                        condition,
                        commands,
                        engines.stopped(
                                directory.journalDirectory(), EngineHost.group(directory), NodeConsumer::hintOf)),
                unwinding);
        MetaState state = storage.state();
        AppliedGate gate = new AppliedGate();
        Routing routing = new Routing(members, condition, clock);
        Proposer proposer = new Proposer(
                members.self(),
                routing,
                meters,
                settings.limits().queueTransactionsMax(),
                settings.limits().queueBytesMax(),
                error -> condition.failed(StoreState.FAILED, "the proposer died of a bug, report it: " + error));
        ReadIndexes readIndexes = new ReadIndexes(members, condition);
        FingerprintMarks marks = new FingerprintMarks();
        RecentEntries recent = new RecentEntries();
        Recollection recollection = new Recollection(members, directory);
        EpochWatch epochs = new EpochWatch(directory);
        StatusReporter reporter = new StatusReporter(
                directory.identity().clusterId().toString(),
                members,
                recollection,
                state,
                condition,
                marks,
                recent,
                settings.join(),
                epochs,
                clock);
        NodeParts parts = new NodeParts(
                members,
                directory,
                state,
                condition,
                gate,
                proposer,
                readIndexes,
                reporter,
                recollection,
                meters,
                settings.limits().queueTransactionsMax() + 2 * WaitingWrites.BATCH_TRANSACTIONS_MAX);
        reporter.onDivergence(finding -> parts.ending.diverged(finding, reporter.agreed()));
        EarlyElection earlyElection =
                new EarlyElection(members, settings.timeouts().electionMax(), parts.housekeeping());
        Node node = new Node(parts, settings.limits(), settings.timeouts(), commands);
        MembershipParts membership = new MembershipParts(
                parts, new NodeGround(node, members, reporter, clock), directory, move, steps, settings.autopilot());
        parts.cluster(membership.cluster());
        epochs.lineage(membership.cluster()::lineage);
        epochs.onSuperseded(parts.ending::superseded);
        reporter.onMove(membership::changed);
        reporter.health().epochs(epochs);
        reporter.health().onPause(membership.elections()::isPaused);
        service.serve(
                routing::forwarded, readIndexes::answer, earlyElection::answer, reporter::answer, membership::join);
        parts.recoveries(service::recoveries);
        unwinding.add(node::close);
        parts.startHousekeeping(
                node,
                earlyElection,
                new ObserverWatch(
                        members, condition, settings.timeouts().electionMax(), membership.elections()::isPaused, () -> {
                            proposer.routeChanged();
                            gate.signal();
                        }));
        parts.watch(
                new DiskWatch(settings.limits().diskFreeBytesMin(), () -> files.usableSpace(directory.root()), parts));
        NodeConsumer applier = new NodeConsumer(
                state, proposer, gate, condition, meters, members::leads, marks, recent, membership.tip());
        ImageParts images = new ImageParts(new ImageParts.Ground(
                settings,
                files,
                directory,
                members,
                storage,
                reporter,
                commands,
                meters,
                clock,
                membership.jobs(),
                node::enter,
                NodeWorkers.named(members.self() + "-images")));
        applier.images(images);
        reporter.images(images.report());
        service.images(images.sender());
        parts.images(images);
        EngineHost host = new EngineHost(engines, directory, members, service, parts, applier, membership.elections());
        AskingToJoin asking = new AskingToJoin(
                members, condition, Admission.joining(settings, directory, members), settings.join(), applier::removed);
        applier.group(membership);
        reporter.onRemoval(parts.ending::removedByOthers);
        reporter.onOlderCopy(parts.ending::olderCopy);
        membership.start(host, asking);
        new EngineStart(settings, directory, members, service, parts, host, asking).run();
        return node;
    }
}
