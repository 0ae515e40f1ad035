package io.metastore.raft.internal.node;

import io.metastore.api.Cluster;
import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node is made of. How it is taken apart is in {@link NodeClosing}, what ends its part in the group in {@link NodeEnding}. */
final class NodeParts {

    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    private static final Duration QUIESCE_MAX = Duration.ofMillis(300);
    private static final long FLUSH_MILLIS = 10_000;

    final Members members;
    final MemberDirectory directory;
    final MetaState state;
    final Condition condition;
    final AppliedGate gate;
    final Proposer proposer;
    final ReadIndexes readIndexes;
    final StatusReporter reporter;
    final Recollection recollection;
    final Meters meters;

    private final ScheduledThreadPoolExecutor housekeeping;

    final NodeWorkers workers;
    final NodeEnding ending = new NodeEnding(this);
    final NodeClosing closing = new NodeClosing(this);

    private volatile @Nullable ImageParts images;
    private volatile @Nullable Cluster cluster;
    private volatile EpochName epoch = EpochName.NONE;
    private volatile @Nullable EngineGate raftGate;

    /** Shut for a while only. Used by housekeeping. */
    private @Nullable EngineGate heldBack;

    private volatile EngineFactory.@Nullable Handle engine;
    private volatile @Nullable Thread formation;
    private volatile Runnable onClose = () -> {};
    private volatile Runnable endMembership = () -> {};
    private volatile Runnable lookAtGroup = () -> {};
    private volatile Consumer<Transport.Handler> recoveries = handler -> {};

    /** Held while the engine is exchanged, and while it is closed for good. */
    private final ReentrantLock exchange = new ReentrantLock();

    /** Written by one flush at a time. */
    private volatile long flushedIndex = -1;

    NodeParts(
            Members members,
            MemberDirectory directory,
            MetaState state,
            Condition condition,
            AppliedGate gate,
            Proposer proposer,
            ReadIndexes readIndexes,
            StatusReporter reporter,
            Recollection recollection,
            Meters meters,
            int asyncWritesMax) {
        this.members = members;
        this.directory = directory;
        this.state = state;
        this.condition = condition;
        this.gate = gate;
        this.proposer = proposer;
        this.readIndexes = readIndexes;
        this.reporter = reporter;
        this.recollection = recollection;
        this.meters = meters;
        String name = members.self();
        this.housekeeping = new ScheduledThreadPoolExecutor(1, NodeWorkers.named(name + "-housekeeping"));
        this.workers = new NodeWorkers(name, this, condition, asyncWritesMax, this::guarded);
    }

    /** The one thread of all recurring duties; refuses work once this node is closed. */
    Executor housekeeping() {
        return task -> housekeeping.execute(guarded(task));
    }

    /** Begins to watch deadlines and the other members. */
    void startHousekeeping(Node node, EarlyElection earlyElection, ObserverWatch observerWatch) {
        proposer.start();
        every(100, () -> endWaiting(node));
        every(1000, reporter::listen);
        every(50, gate::signal);
        every(EarlyElection.INTERVAL.toMillis(), earlyElection::look);
        every(EarlyElection.INTERVAL.toMillis(), observerWatch::look);
        every(FLUSH_MILLIS, this::flushSoon);
    }

    /** Begins to watch the disk. */
    void watch(DiskWatch disk) {
        if (disk.isOn()) {
            every(DiskWatch.INTERVAL.toMillis(), disk::look);
        }
    }

    /** What has passed its deadline; and what is under way of a member that has failed, as it will not hear what becomes of it, and its callers would wait for nothing. */
    private void endWaiting(Node node) {
        proposer.expire(write -> node.unknown(
                write, "no result within the deadline: member=" + members.self() + " " + condition.reason()));
        StoreState state = condition.state();
        if (state == StoreState.FAILED || state == StoreState.HALTED) {
            proposer.giveUp(write ->
                    node.unknown(write, "the member has stopped: member=" + members.self() + " " + condition.reason()));
        }
    }

    private void flushSoon() {
        workers.onSomeWorker("flush the state", this::flushIfChanged);
    }

    /** Failures are dealt with in {@link #guarded}, so the future tells nothing. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void every(long millis, Runnable duty) {
        housekeeping.scheduleWithFixedDelay(guarded(duty), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** So that after a crash there is something to read before there is a quorum, and little to replay. */
    private void flushIfChanged() {
        long applied = state.current().position().index();
        if (applied > flushedIndex && !condition.isClosed()) {
            try {
                state.flush();
                flushedIndex = applied;
                reporter.health().flushed("");
            } catch (MetastoreException e) {
                reporter.health().flushed(String.valueOf(e.getMessage()));
                log.warn("state was not flushed, is tried again: member={} reason={}", members.self(), e.getMessage());
            }
        }
    }

    /** A duty that throws is a bug: without it deadlines are not kept or nobody is woken, so the member must not go on as if it were well. */
    private Runnable guarded(Runnable duty) {
        return () -> {
            try {
                duty.run();
            } catch (RuntimeException | Error e) {
                if (condition.isClosed()) {
                    log.debug("housekeeping met the closing: member={}", members.self(), e);
                    return;
                }
                log.error("housekeeping failed: member={}", members.self(), e);
                condition.failed(StoreState.FAILED, "housekeeping failed because of a bug, report it: " + e);
                proposer.routeChanged();
                gate.signal();
            }
        };
    }

    /** From now on closing closes these too. */
    void images(ImageParts opened) {
        images = opened;
        opened.start();
        every(1000, opened::tick);
    }

    ImageParts images() {
        ImageParts opened = images;
        if (opened == null) {
            throw new IllegalStateException("images are not open yet: member=" + members.self());
        }
        return opened;
    }

    /** Opens the first engine unless this member has stopped; what ends the engine waits until that is over. */
    @Nullable
    EngineGate unlessStopped(Supplier<EngineGate> opening) {
        exchange.lock();
        try {
            return condition.hasStopped() ? null : opening.get();
        } finally {
            exchange.unlock();
        }
    }

    /**
     * Ends the engine as if its process had died.
     *
     * @return last entry of its journal
     */
    LogPosition endEngine() {
        exchange.lock();
        try {
            EngineFactory.Handle handle = engine;
            if (handle == null) {
                return LogPosition.NONE;
            }
            LogPosition last = handle.engine().lastEntry();
            shutGate(Deadline.after(QUIESCE_MAX));
            handle.abandon().run();
            return last;
        } finally {
            exchange.unlock();
        }
    }

    /** Keeps the engine to itself until {@link #letGo}. One that takes its place meanwhile is kept at the next call. Called by housekeeping. */
    void holdBack() {
        EngineGate now = raftGate;
        if (now != null && now.isOpen()) {
            now.shut(Duration.ZERO);
            heldBack = now;
        }
    }

    /**
     * Lets it take part again, if it still may. Called by housekeeping.
     *
     * @return false when the engine is just being exchanged: try again
     */
    boolean letGo() {
        if (!exchange.tryLock()) {
            return false;
        }
        try {
            EngineGate was = heldBack;
            heldBack = null;
            if (was != null && was == raftGate && !condition.hasStopped() && !condition.isClosed()) {
                was.open();
            }
            return true;
        } finally {
            exchange.unlock();
        }
    }

    void shutGate(Deadline deadline) {
        EngineGate gateOfEngine = raftGate;
        if (gateOfEngine != null) {
            gateOfEngine.shut(deadline.atMost(QUIESCE_MAX));
        }
    }

    /** From now on closing closes this engine. */
    void engine(EngineGate opened, EngineFactory.Handle handle) {
        raftGate = opened;
        engine = handle;
    }

    Engine runningEngine() {
        EngineFactory.Handle handle = engine;
        if (handle == null) {
            throw new IllegalStateException("no engine was made: member=" + members.self());
        }
        return handle.engine();
    }

    /**
     * Takes the engine out to exchange it: nothing leaves or reaches it any more. Closing waits until {@link #endExchange}.
     *
     * @return null when the member closes or has stopped, and there is nothing to end
     */
    EngineFactory.@Nullable Handle beginExchange() {
        exchange.lock();
        EngineFactory.Handle handle = engine;
        if (handle == null || condition.isClosed() || condition.hasStopped()) {
            exchange.unlock();
            return null;
        }
        members.engine(null);
        shutGate(Deadline.after(QUIESCE_MAX));
        return handle;
    }

    ReentrantLock exchange() {
        return exchange;
    }

    EngineFactory.@Nullable Handle engineHandle() {
        return engine;
    }

    @Nullable
    ImageParts imagesIfOpen() {
        return images;
    }

    @Nullable
    Thread formation() {
        return formation;
    }

    void stopHousekeeping() {
        housekeeping.shutdownNow();
    }

    void endMembership() {
        endMembership.run();
    }

    /** Runs what was to be run at closing. */
    void closed() {
        onClose.run();
    }

    void endExchange() {
        exchange.unlock();
    }

    void formation(@Nullable Thread thread) {
        formation = thread;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** Set while opening. */
    void epoch(EpochName name) {
        epoch = name;
    }

    EpochName epoch() {
        return epoch;
    }

    void cluster(Cluster offered) {
        cluster = offered;
    }

    Cluster cluster() {
        Cluster offered = cluster;
        if (offered == null) {
            throw new IllegalStateException("the membership is not open yet: member=" + members.self());
        }
        return offered;
    }

    /**
     * From now on the group is watched, and closing ends what works on the membership.
     *
     * @param look may wait for the disk
     * @param lookAtGroup the part of it that needs no journal
     * @param end returns soon
     */
    void membership(Runnable look, Runnable lookAtGroup, Runnable end) {
        endMembership = end;
        this.lookAtGroup = lookAtGroup;
        every(1000, () -> workers.onSomeWorker("look at the group", look));
    }

    /** Set while opening. */
    void recoveries(Consumer<Transport.Handler> service) {
        recoveries = service;
    }

    /** From now on recoveries that are carried out elsewhere are answered. */
    void answerRecoveries(Transport.Handler handler) {
        recoveries.accept(handler);
    }

    /** An engine has read its journal: who is in the group is what it found there. */
    void groupFound() {
        lookAtGroup.run();
    }

    /** Waits for the end of a thread; says whether it came. An interrupt is kept for afterwards. */
    static boolean join(Thread thread, Duration max) {
        Deadline deadline = Deadline.after(max);
        boolean interrupted = false;
        while (thread.isAlive() && !deadline.passed()) {
            try {
                thread.join(1 + deadline.remainingNanos() / 1_000_000);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
