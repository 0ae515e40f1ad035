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
import io.metastore.raft.internal.engine.JournalFound;
import io.metastore.raft.internal.engine.JournalRecord;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.engine.ThreadPlace;
import io.metastore.raft.internal.ratis.metrics.MemberMetrics;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
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
    private final TermAndVote termAndVote;
    private final LeaderWatch leaderWatch;
    private final ImageInstall images;
    private final ExecutorService requests;
    private final IncomingRaft incoming;
    private final EarlyCandidacy candidacy;
    private final ElectionPause pause;
    private final ChangingVoter changingVoter;
    private final Belonging belonging;
    private final PeerAddresses addresses;
    private final JournalFiles files;
    private final JournalDirectory directory;
    private final RunningDivision running;
    private final OpenJournal journal;

    private final EngineServer server = new EngineServer();
    private volatile @Nullable Submitter submitter;
    private volatile @Nullable MemberChanges changes;

    /** Guarded by this. */
    private boolean startCalled;

    /**
     * @param transport not closed by this engine
     * @param consumer called from {@link #start} on, until {@link #close} returns
     */
    public RatisEngine(RatisSettings settings, Transport transport, JournalConsumer consumer) {
        this(settings, transport, consumer, ImageSource.NONE, new DiskFileLayer(), PeerAddresses.AS_CONFIGURED);
    }

    /**
     * As above.
     *
     * @param images where this member gets an image when the leader's journal is not enough
     * @param layer for what we create and force beside Ratis
     * @param addresses where members are that have moved
     */
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
        this.termAndVote = new TermAndVote(layer, files.directory(), life);
        this.leaderWatch = new LeaderWatch(consumer);
        this.requests = threads.pool(settings.threadPrefix() + "-raft-request");
        this.pause = new ElectionPause(requests);
        this.changingVoter = new ChangingVoter(pause);
        this.belonging = new Belonging(settings.self(), consumer, life, pause, appenders);
        this.incoming = new IncomingRaft(
                life,
                termAndVote,
                leaderWatch,
                this.images::isBusy,
                this::neverHadEntries,
                pause,
                changingVoter,
                new ObserverTimer(threads),
                new OverwrittenEntries(layer, directory.group(), OverwrittenEntries.BYTES_MAX),
                requests);
        pause.afterwards(this::endIdleCandidacy);
        this.candidacy = new EarlyCandidacy(life, leaderWatch, pause, requests);
        this.running = new RunningDivision(life, pause, files);
        this.journal = new OpenJournal(settings, running, life, incoming, directory);
        life.onFailure(() -> threads.start(settings.threadPrefix() + "-journal-stop", server::close));
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
            running.start();
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
        directory.claim(this::use);
        JournalOpening opening = new JournalOpening(settings, directory);
        LogPosition state = consumer.durablePosition();
        opening.prepare(state);
        files.force();
        Wiring wiring = new Wiring(
                settings,
                transport,
                life,
                termAndVote,
                new Ballots(),
                leaderWatch,
                appenders,
                directory.begin(),
                threads,
                addresses);
        JournalStateMachine machine =
                new JournalStateMachine(consumer, life, termAndVote, leaderWatch, images, belonging, opened -> {
                    leaderWatch.watch(opened);
                    belonging.watch(opened);
                    submitter = new Submitter(opened, life, settings);
                    changes = new MemberChanges(
                            settings, opened, life, appenders, new Greeting(settings, opened, wiring), requests);
                    running.made(opened);
                });
        journal.purging(new JournalPurge(settings.self(), consumer, directory, machine));
        server.start(
                RatisServers.create(settings, machine, wiring, threads),
                RaftGroupId.valueOf(settings.group()),
                pause,
                changingVoter,
                () -> {
                    running.opened();
                    opening.checkTerm(termAndVote.read(), running.found().last());
                });
        directory.force();
        journal.checkState(opening, state);
        journal.commitWhatIsProven(consumer);
        running.proven();
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
        RaftServer.Division current = running.answering();
        if (current == null) {
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
        return running.status();
    }

    @Override
    public long currentTerm() {
        return running.currentTerm();
    }

    @Override
    public long commitIndex() {
        return running.commitIndex();
    }

    @Override
    public long durableIndex() {
        return running.durableIndex();
    }

    @Override
    public JournalFound found() {
        return running.found();
    }

    @Override
    public LogPosition lastEntry() {
        return running.lastEntry();
    }

    @Override
    public long firstIndex() {
        return journal.firstIndex();
    }

    @Override
    public CompletableFuture<Long> purge(long upTo) {
        return journal.purge(upTo);
    }

    @Override
    public List<JournalFile> closedFiles() {
        return journal.closedFiles();
    }

    @Override
    public JournalRecord read(long index) {
        return journal.read(index);
    }

    @Override
    public boolean leaderReady() {
        return running.leaderReady();
    }

    @Override
    public boolean leads(long term) {
        return running.leads(term);
    }

    @Override
    public @Nullable Following following() {
        return running.following();
    }

    @Override
    public CompletableFuture<Boolean> standForElection(String leader, long term) {
        RaftServer.Division current = running.takingPart();
        return current == null ? CompletableFuture.completedFuture(false) : candidacy.stand(current, leader, term);
    }

    @Override
    public void heartbeatNow() {
        appenders.forEach(TransportLogAppender::triggerHeartbeat);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(@Nullable String member, Duration timeout) {
        RaftServer current = server.get();
        if (current == null) {
            return CompletableFuture.failedFuture(new EngineException(
                    EngineException.Kind.NOT_READY, "engine has not started: node=" + settings.self(), null, null));
        }
        return new LeadershipTransfer(settings, current, appenders).start(member, timeout);
    }

    @Override
    public GroupConfiguration configuration() {
        return running.configuration();
    }

    @Override
    public CompletableFuture<GroupConfiguration> changeMembers(
            GroupConfiguration expected, List<GroupMember> wanted, Duration timeout) {
        MemberChanges current = changes;
        if (current == null || running.takingPart() == null) {
            return CompletableFuture.failedFuture(journal.notOpen());
        }
        return current.change(expected, wanted, timeout);
    }

    @Override
    public List<FollowerProgress> followers() {
        return appenders.progress();
    }

    /** A journal and a state without anything, and no trace of there having been more: what was committed leaves its configuration beside the entries. */
    private boolean neverHadEntries() {
        if (running.lastEntry().index() >= 0) {
            return false;
        }
        try {
            return directory.configuration() == null
                    && directory.begin().read().before().isEmpty();
        } catch (IOException e) {
            return false; // As a member that may have lost something.
        }
    }

    private void endIdleCandidacy() {
        RaftServer.Division current = running.takingPart();
        if (current != null) {
            incoming.endIdleCandidacy(current);
        }
    }

    @Override
    public void electionsPaused(boolean paused) {
        pause.request(paused);
    }

    @Override
    public void close(Duration bound) {
        life.closing();
        long started = System.nanoTime();
        if (!life.isOver()) {
            incoming.awaitQuiet(bound.compareTo(QUIET_MAX) < 0 ? bound : QUIET_MAX);
        }
        requests.shutdownNow();
        new EngineShutdown(settings, threads, running.journal())
                .run(server::close, bound.minusNanos(System.nanoTime() - started));
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
        return !server.isClosed() || !threads.alive().isEmpty();
    }

    private @Nullable String use() {
        return isInUse()
                ? "an engine, closed=" + server.isClosed() + " threads="
                        + threads.alive().stream().map(ThreadPlace::of).toList()
                : null;
    }

    private void forgetMetrics() {
        RaftServer.Division closed = running.get();
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
}
