package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.engine.JournalFile;
import io.metastore.raft.internal.engine.JournalRecord;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.ratis.metrics.MemberMetrics;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
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
    private final ImageInstall images;
    private final JournalReader reader;
    private final ExecutorService requests;
    private final IncomingRaft incoming;
    private final EarlyCandidacy candidacy;
    private final ElectionPause pause;
    private final Belonging belonging;
    private final PeerAddresses addresses;
    private final JournalFiles files;
    private final JournalDirectory directory;

    /** Null before start has got that far; kept after close, when it only tells what was last known. */
    private volatile RaftServer.@Nullable Division division;

    private volatile @Nullable RaftServer server;
    private volatile @Nullable JournalPurge purge;
    private volatile @Nullable Submitter submitter;

    private record Translated(RaftConfiguration from, GroupConfiguration group) {}

    private volatile @Nullable Translated translated;
    private volatile @Nullable MemberChanges changes;
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
        this(settings, transport, consumer, images, layer, PeerAddresses.AS_CONFIGURED);
    }

    /** As above, for a group whose members may move. */
    public RatisEngine(
            RatisSettings settings,
            Transport transport,
            JournalConsumer consumer,
            ImageSource images,
            FileLayer layer,
            PeerAddresses addresses) {
        ExitGuard.disarm();
        this.settings = settings;
        this.transport = transport;
        this.consumer = consumer;
        this.addresses = addresses;
        this.life = new EngineLife(settings.self(), consumer);
        this.threads = new EngineThreads(settings.threadPrefix(), settings.self(), life);
        this.directory = new JournalDirectory(layer, settings.directory(), settings.group());
        this.files = new JournalFiles(layer, directory.entries());
        this.images = new ImageInstall(
                settings.self(), images, life, directory, settings.timeouts().request());
        this.reader = new JournalReader(directory, settings.limits());
        this.durableTerm = new DurableTerm(layer, files.directory());
        this.leaderWatch = new LeaderWatch(consumer);
        this.requests = threads.pool(settings.threadPrefix() + "-raft-request");
        this.pause = new ElectionPause(requests);
        this.belonging = new Belonging(settings.self(), consumer, life, pause, appenders);
        this.incoming = new IncomingRaft(
                life,
                durableTerm,
                leaderWatch,
                this.images::isBusy,
                pause,
                new ObserverTimer(threads),
                new OverwrittenEntries(layer, directory.group(), OverwrittenEntries.BYTES_MAX),
                requests);
        this.candidacy = new EarlyCandidacy(life, leaderWatch, pause, requests);
        life.onFailure(() -> threads.start(settings.threadPrefix() + "-journal-stop", this::closeServer));
    }

    /** Work for any thread: loads most of the classes that an engine needs, so that a later start is quicker. Changes nothing else. */
    public static Runnable loading() {
        ExitGuard.disarm(); // By the caller, as it looks at the JVM's handlers, which are his to set again when open()
        // is over.
        return RatisServers::load;
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
            if (e instanceof EngineException refusal) {
                throw refusal;
            }
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
        JournalOpening opening = new JournalOpening(settings, directory);
        LogPosition state = consumer.durablePosition();
        opening.prepare(state);
        files.force();
        Wiring wiring = new Wiring(
                settings, transport, life, durableTerm, leaderWatch, appenders, directory.begin(), threads, addresses);
        JournalStateMachine machine =
                new JournalStateMachine(consumer, life, durableTerm, leaderWatch, images, belonging, opened -> {
                    leaderWatch.watch(opened);
                    belonging.watch(opened);
                    submitter = new Submitter(opened, life, settings);
                    changes = new MemberChanges(
                            settings, opened, life, appenders, new Greeting(settings, opened, wiring), requests);
                    division = opened;
                });
        purge = new JournalPurge(settings.self(), consumer, directory, machine);
        RaftServer newServer = RatisServers.create(settings, machine, wiring, threads);
        server = newServer;
        startServer(newServer);
        directory.force();
        checkState(opening, state);
        commitWhatIsProven();
    }

    /** Elections begin under the division's lock, and can be paused only after the first timeout has begun to run: so they wait until that is said. */
    private void startServer(RaftServer newServer) throws IOException {
        RaftServer.Division starting = newServer.getDivision(RaftGroupId.valueOf(settings.group()));
        if (!pause.isRequested()) {
            newServer.start();
            pause.attach(starting);
            return;
        }
        synchronized (starting) {
            newServer.start();
            pause.attach(starting);
            pause.settle();
        }
    }

    private void checkState(JournalOpening opening, LogPosition state) {
        RaftLog journal = openJournal();
        TermIndex entry = journal == null || state.index() < 0 ? null : journal.getTermIndex(state.index());
        if (entry != null) {
            opening.checkSame(new LogPosition(entry.getTerm(), entry.getIndex()), state);
        }
    }

    /** The apply thread notices within 100 ms, or at once when this member leads or hears of a leader. */
    private void commitWhatIsProven() throws IOException {
        RaftLog journal = journal();
        if (journal == null || isConfiguredBeyond(journal)) {
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

    /**
     * Whether the configuration is not in the journal but beside it, for the next leader to write down, as after {@link #reidentify}. Until then nothing is
     * applied: Ratis puts each configuration it applies in its place, also an old one of the time before.
     */
    private boolean isConfiguredBeyond(RaftLog journal) {
        RaftServer.Division current = division;
        TermIndex last = journal.getLastEntryTermIndex();
        return current != null && current.getRaftConf().getLogEntryIndex() > (last == null ? -1 : last.getIndex());
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
                leader == null || life.isOver() ? null : GroupMember.nameOf(leader.toString()),
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
            case LISTENER -> EngineStatus.Role.OBSERVER;
            // For Ratis, a member without a vote that did not start as one is a follower; without a leader a candidate.
            case CANDIDATE -> pause.isWithoutVote() ? EngineStatus.Role.OBSERVER : candidate();
            default -> pause.isWithoutVote() ? EngineStatus.Role.OBSERVER : EngineStatus.Role.FOLLOWER;
        };
    }

    /** While paused it stands for nothing. */
    private EngineStatus.Role candidate() {
        return pause.isRequested() ? EngineStatus.Role.FOLLOWER : EngineStatus.Role.CANDIDATE;
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
    public long durableIndex() {
        RaftLog journal = journal();
        return journal == null || !journal.isOpened() ? -1 : journal.getFlushIndex();
    }

    @Override
    public LogPosition lastEntry() {
        RaftLog journal = journal();
        if (journal == null || !journal.isOpened()) {
            return LogPosition.NONE;
        }
        try {
            TermIndex last = journal.getLastEntryTermIndex();
            return last == null ? endOfState() : new LogPosition(last.getTerm(), last.getIndex());
        } catch (IllegalStateException e) {
            return LogPosition.NONE; // Closed since.
        }
    }

    /** What Ratis compares when a journal without entries is asked for its vote. */
    private LogPosition endOfState() {
        RaftServer.Division current = division;
        SnapshotInfo state = current == null ? null : current.getStateMachine().getLatestSnapshot();
        return state == null ? LogPosition.NONE : new LogPosition(state.getTerm(), state.getIndex());
    }

    @Override
    public long firstIndex() {
        RaftLog journal = openJournal();
        if (journal == null) {
            return -1;
        }
        long first = journal.getStartIndex();
        return first >= 0 ? first : journal.getLastCommittedIndex() + 1;
    }

    @Override
    public CompletableFuture<Long> purge(long upTo) {
        RaftLog journal = openJournal();
        JournalPurge current = purge;
        if (journal == null || current == null) {
            return CompletableFuture.failedFuture(notOpen());
        }
        CompletableFuture<Long> purging = incoming.alone(() -> current.run(journal, upTo));
        // Ratis forgets what it has not done yet when it is closed.
        return CompletableFuture.anyOf(purging, life.ending()).handle((first, failure) -> {
            if (failure == null && purging.isDone()) {
                return firstIndex();
            }
            throw purgeFailed(failure == null ? null : failure.getCause());
        });
    }

    private EngineException purgeFailed(@Nullable Throwable cause) {
        if (cause instanceof EngineException known) {
            return known;
        }
        return life.isOver() || life.isClosing()
                ? notOpen()
                : new EngineException(
                        EngineException.Kind.OVERLOADED, "journal is busy: node=" + settings.self(), null, cause);
    }

    @Override
    public List<JournalFile> closedFiles() {
        if (openJournal() == null) {
            throw notOpen();
        }
        try {
            return directory.segments().closed();
        } catch (IOException e) {
            throw new EngineException(
                    EngineException.Kind.IO_FAILED,
                    "files of the journal cannot be listed: node=" + settings.self() + " directory="
                            + directory.entries() + " cause=" + e,
                    null,
                    e);
        }
    }

    @Override
    public JournalRecord read(long index) {
        RaftLog journal = openJournal();
        if (journal == null) {
            throw notOpen();
        }
        return reader.read(journal, index);
    }

    private EngineException notOpen() {
        return new EngineException(
                EngineException.Kind.STOPPED, "journal is not open: node=" + settings.self(), null, null);
    }

    /** Null as well once it is closed. */
    private @Nullable RaftLog openJournal() {
        RaftLog journal = journal();
        return journal == null || !journal.isOpened() || life.isOver() ? null : journal;
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

    @Override
    public GroupConfiguration configuration() {
        RaftServer.Division current = division;
        if (current == null) {
            return GroupConfiguration.unknown();
        }
        RaftConfiguration now = current.getRaftConf();
        Translated last = translated;
        if (last == null
                || last.from() != now) { // Asked for by every read barrier; Ratis keeps one until it has another.
            last = new Translated(now, Configurations.of(now));
            translated = last;
        }
        return last.group();
    }

    @Override
    public CompletableFuture<GroupConfiguration> changeMembers(
            GroupConfiguration expected, List<GroupMember> wanted, Duration timeout) {
        MemberChanges current = changes;
        if (current == null || !started || life.isOver() || life.isClosing()) {
            return CompletableFuture.failedFuture(notOpen());
        }
        return current.change(expected, wanted, timeout);
    }

    @Override
    public List<FollowerProgress> followers() {
        return appenders.progress();
    }

    @Override
    public void electionsPaused(boolean paused) {
        RaftServer.Division current = division;
        if (pause.request(paused) && current != null && started) {
            try {
                requests.execute(() -> incoming.endIdleCandidacy(current));
            } catch (RejectedExecutionException e) {
                // Closed since: no elections any more.
            }
        }
    }

    /**
     * Makes the only voter of a group, whose engine is not running, another member of it: from then on it is started as {@link RatisSettings#self()},
     * with the address in {@link RatisSettings#peers()}. Idempotent; cut off at any point it is still the old member or already the new one.
     *
     * @throws EngineException {@link EngineException.Kind#CHANGE_INVALID} when the group has other members or no journal; nothing was changed
     */
    public static void reidentify(FileLayer layer, RatisSettings settings) throws IOException {
        new Reidentification(layer, settings).run();
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

    @Override
    public boolean isDown() {
        return !isInUse();
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
