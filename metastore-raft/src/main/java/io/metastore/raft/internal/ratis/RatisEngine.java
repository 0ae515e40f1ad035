package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.ratis.metrics.MemberMetrics;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;

/**
 * The journal engine on Apache Ratis.
 *
 * <p>Opens no socket: what the node's transport receives for one of the {@code RAFT_} methods is passed to {@link #handleRaft}, and what Ratis sends
 * goes out over the same transport. Started once, closed once. Any thread may call anything.
 *
 * <p>Guarantees beyond {@link Engine}: an entry is acknowledged after an fsync here and on a majority; term and vote are on disk before another
 * member learns of them; after a failed journal write or a failed apply nothing more leaves this engine, {@link JournalConsumer#failed} has been
 * called once, and the JVM goes on. Not guaranteed: that a {@code close} frees the directory when the disk or the consumer hangs; the log names
 * the threads that are left then.
 */
public final class RatisEngine implements Engine {
    /** How long closing waits for appends of others that are being written. */
    private static final Duration QUIET_MAX = Duration.ofMillis(200);

    private final RatisSettings settings;
    private final JournalConsumer consumer;
    private final Transport transport;
    private final EngineLife life;
    private final EngineThreads threads;
    private final Appenders appenders = new Appenders();
    private final DurableTerm durableTerm;
    private final LeaderWatch leaderWatch;
    private final ImageSource images;
    private final ExecutorService requests;
    private final IncomingRaft incoming;
    private final EarlyCandidacy candidacy;
    private final JournalFiles files;
    private final JournalDirectory directory;

    /** Null before start has got that far; kept after close, when it only tells what was last known. */
    private volatile RaftServer.@Nullable Division division;

    private volatile @Nullable RaftServer server;
    private volatile @Nullable Submitter submitter;
    private volatile boolean started;
    private volatile boolean serverClosed;
    private final Object closing = new Object();

    /** Guarded by this. */
    private boolean startCalled;

    /**
     * @param transport not closed by this engine
     * @param consumer called from {@link #start} on, until {@link #close} returns
     */
    public RatisEngine(RatisSettings settings, Transport transport, JournalConsumer consumer) {
        this(settings, transport, consumer, ImageSource.NONE);
    }

    /** As above, for a member that can get an image when the leader's journal is not enough. */
    public RatisEngine(RatisSettings settings, Transport transport, JournalConsumer consumer, ImageSource images) {
        this(settings, transport, consumer, images, new DiskFileLayer());
    }

    /** As above; what we create and force beside Ratis goes through the layer given. */
    public RatisEngine(
            RatisSettings settings,
            Transport transport,
            JournalConsumer consumer,
            ImageSource images,
            FileLayer layer) {
        ExitGuard.disarm();
        this.images = images;
        this.settings = settings;
        this.transport = transport;
        this.consumer = consumer;
        this.life = new EngineLife(settings.self(), consumer);
        this.threads = new EngineThreads(settings.threadPrefix(), settings.self(), life);
        this.directory = new JournalDirectory(layer, settings.directory(), settings.group());
        this.files = new JournalFiles(layer, directory.entries());
        this.durableTerm = new DurableTerm(layer, files.directory());
        this.leaderWatch = new LeaderWatch(consumer);
        this.requests = threads.pool(settings.threadPrefix() + "-raft-request");
        this.incoming = new IncomingRaft(life, durableTerm, leaderWatch, requests);
        this.candidacy = new EarlyCandidacy(life, leaderWatch, requests);
        life.onFailure(() -> threads.start(settings.threadPrefix() + "-journal-stop", this::closeServer));
    }

    /** Work for any thread: loads most of the classes that an engine needs, so that a later start is quicker. Changes nothing else. */
    public static Runnable loading() {
        ExitGuard.disarm(); // By the caller, as it looks at the JVM's handlers, which are his to set again when open()
        // is over.
        return RatisEngine::load;
    }

    private static void load() {
        RatisOptions.from(RatisSettings.of(Path.of("unused"), new UUID(0, 0), "unused", List.of()));
        LogEntryProto.getDefaultInstance();
        ManagementFactory.getPlatformMBeanServer(); // Where Ratis registers its servers.
        try {
            Class.forName("org.apache.ratis.server.impl.RaftServerProxy");
            Class.forName("org.apache.ratis.server.impl.LeaderStateImpl");
            Class.forName("org.apache.ratis.server.raftlog.segmented.SegmentedRaftLog");
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    @Override
    public void start() {
        synchronized (this) {
            if (startCalled || life.isClosing()) {
                throw new IllegalStateException("an engine is started once: node=" + settings.self());
            }
            startCalled = true;
        }
        try {
            threads.call(settings.threadPrefix() + "-journal-start", () -> {
                open();
                return Boolean.TRUE;
            });
            started = true;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            close(Duration.ofSeconds(2));
            throw new EngineException(
                    EngineException.Kind.START_FAILED,
                    "journal could not be opened: node=" + settings.self() + " directory=" + settings.directory()
                            + " cause=" + rootOf(e),
                    null,
                    e);
        }
    }

    private void open() throws IOException {
        directory.claim(this::isInUse);
        files.force();
        RaftGroupId group = RaftGroupId.valueOf(settings.group());
        JournalStateMachine machine =
                new JournalStateMachine(consumer, life, durableTerm, leaderWatch, images, opened -> {
                    leaderWatch.watch(opened);
                    submitter = new Submitter(opened, life, settings);
                    division = opened;
                });
        RaftServer newServer = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(settings.self()))
                .setGroup(RaftGroup.valueOf(
                        group,
                        settings.peers().stream().map(RatisEngine::toRatis).toList()))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStateMachineRegistry(found -> {
                    if (!found.equals(group)) {
                        throw new IllegalStateException(
                                "directory holds another group: expected=" + group + " found=" + found);
                    }
                    return machine;
                })
                .setProperties(RatisOptions.from(settings))
                .setParameters(new Wiring(settings, transport, life, durableTerm, leaderWatch, appenders, threads)
                        .asParameters())
                .setThreadGroup(threads)
                .build();
        server = newServer;
        newServer.start();
        directory.force();
        commitWhatIsProven();
    }

    /** The apply thread notices within 100 ms, or at once when this member leads or hears of a leader. */
    private void commitWhatIsProven() throws IOException {
        RaftLog journal = journal();
        if (journal == null) {
            return;
        }
        try {
            long proven = CommitEvidence.highest(journal, consumer);
            // "false" as for a follower: a leader alone must not conclude this from entries of earlier terms, but it
            // concludes nothing here.
            journal.updateCommitIndex(proven, currentTerm(), false);
        } catch (IOException | RuntimeException e) {
            if (!life.isOver()) {
                throw e;
            }
            // The journal was closed meanwhile; the consumer has been told why.
        }
    }

    /** Whether the journal in that directory has everything from its first entry on, or nothing yet; for before an engine is started. */
    public static boolean hasFirstEntry(FileLayer layer, Path directory, UUID group) throws IOException {
        return new JournalDirectory(layer, directory, group).beginsAtFirstEntry();
    }

    private static RaftPeer toRatis(RatisSettings.Peer peer) {
        return RaftPeer.newBuilder()
                .setId(peer.name())
                .setAddress(peer.address())
                .setPriority(0)
                .setStartupRole(peer.voter() ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER)
                .build();
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /**
     * Answers a Raft message of another member. Never blocks for the disk.
     *
     * @param method one of the {@code RAFT_} methods
     * @return the reply; failed as refused before start and after the end
     */
    public CompletableFuture<byte[]> handleRaft(Method method, byte[] request) {
        RaftServer.Division current = division;
        if (current == null || !started || life.isOver() || !current.getInfo().isAlive()) {
            return IncomingRaft.refused("member takes no messages: node=" + settings.self() + " method=" + method);
        }
        return incoming.handle(current, method, request);
    }

    @Override
    public CompletableFuture<byte[]> submit(byte[] entry) {
        Submitter current = submitter;
        if (life.isOver() || life.isClosing()) {
            return CompletableFuture.failedFuture(new EngineException(
                    EngineException.Kind.STOPPED, "engine has stopped: node=" + settings.self(), null, null));
        }
        if (current == null) {
            return CompletableFuture.failedFuture(new EngineException(
                    EngineException.Kind.NOT_READY, "engine has not started: node=" + settings.self(), null, null));
        }
        return current.submit(entry);
    }

    @Override
    public EngineStatus status() {
        RaftServer.Division current = division;
        if (current == null) {
            return new EngineStatus(
                    life.isClosing() ? EngineStatus.Role.STOPPED : EngineStatus.Role.STARTING,
                    0,
                    null,
                    false,
                    -1,
                    -1,
                    files.bytes(),
                    life.failure());
        }
        DivisionInfo info = current.getInfo();
        RaftPeerId leader = info.getLeaderId();
        return new EngineStatus(
                role(info),
                info.getCurrentTerm(),
                leader == null || life.isOver() ? null : leader.toString(),
                leaderReady(),
                commitIndex(),
                lastEntry().index(),
                files.bytes(),
                life.failure());
    }

    private EngineStatus.Role role(DivisionInfo info) {
        if (life.isOver() || life.isClosing() || !info.isAlive()) {
            return EngineStatus.Role.STOPPED;
        }
        if (!started || !info.getLifeCycleState().isRunning()) {
            return EngineStatus.Role.STARTING;
        }
        return switch (info.getCurrentRole()) {
            case LEADER -> EngineStatus.Role.LEADER;
            case CANDIDATE -> EngineStatus.Role.CANDIDATE;
            case LISTENER -> EngineStatus.Role.OBSERVER;
            default -> EngineStatus.Role.FOLLOWER;
        };
    }

    @Override
    public long currentTerm() {
        RaftServer.Division current = division;
        return current == null ? 0 : current.getInfo().getCurrentTerm();
    }

    @Override
    public long commitIndex() {
        RaftLog journal = journal();
        return journal == null ? -1 : journal.getLastCommittedIndex();
    }

    @Override
    public LogPosition lastEntry() {
        RaftLog journal = journal();
        if (journal == null || !journal.isOpened()) {
            return LogPosition.NONE;
        }
        try {
            TermIndex last = journal.getLastEntryTermIndex();
            return last == null ? LogPosition.NONE : new LogPosition(last.getTerm(), last.getIndex());
        } catch (IllegalStateException e) {
            return LogPosition.NONE; // Closed since.
        }
    }

    @Override
    public boolean leaderReady() {
        RaftServer.Division current = division;
        return current != null
                && !life.isOver()
                && !life.isClosing()
                && current.getInfo().isLeaderReady();
    }

    @Override
    public boolean leads(long term) {
        RaftServer.Division current = division;
        return current != null
                && !life.isOver()
                && current.getInfo().isLeader()
                && current.getInfo().getCurrentTerm() == term;
    }

    @Override
    public @Nullable Following following() {
        RaftServer.Division current = division;
        return current == null || !started || life.isOver() || life.isClosing()
                ? null
                : EarlyCandidacy.following(current.getInfo());
    }

    @Override
    public CompletableFuture<Boolean> standForElection(String leader, long term) {
        RaftServer.Division current = division;
        return current == null || !started || life.isOver() || life.isClosing()
                ? CompletableFuture.completedFuture(false)
                : candidacy.stand(current, leader, term);
    }

    @Override
    public void heartbeatNow() {
        appenders.forEach(TransportLogAppender::triggerHeartbeat);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(@Nullable String member, Duration timeout) {
        RaftServer current = server;
        if (current == null) {
            return CompletableFuture.failedFuture(new EngineException(
                    EngineException.Kind.NOT_READY, "engine has not started: node=" + settings.self(), null, null));
        }
        return new LeadershipTransfer(settings, current, appenders).start(member, timeout);
    }

    /** Null until the journal is open. */
    private @Nullable RaftLog journal() {
        RaftServer.Division current = division;
        if (current == null) {
            return null;
        }
        try {
            return current.getRaftLog();
        } catch (IllegalStateException e) {
            return null; // Ratis says so while it opens the journal.
        }
    }

    @Override
    public void close(Duration bound) {
        life.closing();
        long started = System.nanoTime();
        if (!life.isOver()) {
            incoming.awaitQuiet(bound.compareTo(QUIET_MAX) < 0 ? bound : QUIET_MAX);
        }
        requests.shutdownNow();
        new EngineShutdown(settings, threads, journal())
                .run(this::closeServer, bound.minusNanos(System.nanoTime() - started));
        if (!isInUse()) {
            directory.release();
            forgetMetrics();
        }
    }

    /** Whether Ratis may still touch the directory. */
    private boolean isInUse() {
        return !serverClosed || !threads.alive().isEmpty();
    }

    private void forgetMetrics() {
        RaftServer.Division closed = division;
        if (closed != null) {
            MemberMetrics.forget(closed.getMemberId().toString());
        }
    }

    /**
     * Stops as a crash would: from this moment on nothing is sent, answered or applied. Returns when the directory is free or after two seconds.
     */
    public void abandon() {
        life.abandoned();
        close(Duration.ofSeconds(2));
    }

    private void closeServer() {
        synchronized (closing) { // So that nobody takes it for closed while another thread closes it.
            RaftServer current = server;
            try {
                if (current != null) {
                    current.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e); // Declared, never thrown.
            } finally {
                serverClosed = true;
            }
        }
    }
}
