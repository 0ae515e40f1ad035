package io.metastore.raft.internal.node;

import io.metastore.api.Cluster;
import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.ThreadPlace;
import io.metastore.raft.internal.images.Condemnation;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Seal;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node is made of and in which order it is taken apart: intake first, then the journal, then the network, then state and files. */
final class NodeParts {

    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    /** One budget for all steps of closing; those below are what each of them may take of it. */
    private static final Duration CLOSE_MAX = Duration.ofMillis(1900);

    /** Kept back for what comes after the engine: network, state and directory. */
    private static final Duration CLOSE_END = Duration.ofMillis(400);

    private static final Duration METERS_MAX = Duration.ofMillis(100);
    private static final Duration FORMATION_MAX = Duration.ofMillis(200);
    private static final Duration IMAGES_MAX = Duration.ofMillis(400);
    private static final Duration REMEMBER_MAX = Duration.ofMillis(200);
    private static final Duration HAND_OVER_MAX = Duration.ofMillis(300);
    private static final Duration ENGINE_CLOSE_MAX = Duration.ofSeconds(1);
    private static final Duration SUSPEND_MAX = Duration.ofSeconds(10);
    private static final Duration QUIESCE_MAX = Duration.ofMillis(300);
    private static final long FLUSH_MILLIS = 10_000;
    private static final int WORKERS_MAX = 16;
    private static final int WORKER_QUEUE_MAX = 10_000;

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

    /** Invariant: its queue holds at most one task for each permit taken below, because only {@link #answer} puts any in. */
    private final ThreadPoolExecutor callbacks;

    private final ThreadPoolExecutor workers;

    /** Taken when a call begins, given back when its callback has run: a callback that is slow slows those who call, and memory stays bounded. */
    private final Permits asyncWrites;

    private final Permits asyncWork;

    private volatile @Nullable ImageParts images;
    private volatile @Nullable Cluster cluster;
    private volatile EpochName epoch = EpochName.NONE;
    private volatile @Nullable EngineGate raftGate;
    private volatile EngineFactory.@Nullable Handle engine;
    private volatile @Nullable Thread formation;
    private volatile Runnable onClose = () -> {};
    /** Guarded by this. */
    private Consumer<String> onSuperseded = told -> {};

    /** By whom this member was told; null while it was not. Guarded by this. */
    private @Nullable String supersededBy;

    private volatile Runnable endMembership = () -> {};
    private volatile Runnable lookAtGroup = () -> {};

    /** Held while the engine is exchanged, and while it is closed for good. */
    private final ReentrantLock exchange = new ReentrantLock();

    /** The closing, once it has begun. Guarded by this. */
    private @Nullable FutureTask<@Nullable Void> closing;

    /** Written by one flush at a time. */
    private volatile long flushedIndex = -1;

    private volatile boolean suspended;

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
        this.housekeeping = new ScheduledThreadPoolExecutor(1, named(name + "-housekeeping"));
        this.asyncWrites = new Permits("write", asyncWritesMax, "or raise limits.queueTransactionsMax");
        this.asyncWork = new Permits("read or transaction body", WORKER_QUEUE_MAX, "no setting changes the limit");
        this.callbacks = pool(1, asyncWritesMax + WORKER_QUEUE_MAX, named(name + "-callbacks"));
        this.workers = pool(WORKERS_MAX, WORKER_QUEUE_MAX, named(name + "-worker"));
    }

    private static ThreadPoolExecutor pool(int threads, int queue, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queue), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** The one thread of all recurring duties; refuses work once this node is closed. */
    Executor housekeeping() {
        return task -> housekeeping.execute(guarded(task));
    }

    /** Begins to watch deadlines and the other members. */
    void startHousekeeping(Node node, EarlyElection earlyElection, ObserverWatch observerWatch) {
        proposer.start();
        every(
                100,
                () -> proposer.expire(write -> node.unknown(
                        write, "no result within the deadline: member=" + members.self() + " " + condition.reason())));
        every(1000, reporter::listen);
        every(50, gate::signal);
        every(EarlyElection.INTERVAL.toMillis(), earlyElection::look);
        every(EarlyElection.INTERVAL.toMillis(), observerWatch::look);
        every(FLUSH_MILLIS, this::flushSoon);
    }

    private void flushSoon() {
        onSomeWorker("flush the state", this::flushIfChanged);
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

    /**
     * Ends this member because its state is not that of the others. On a thread of its own: whoever found out may be a thread of the engine.
     *
     * @param agreed highest position at which it was
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of a member that has stopped.
    void diverged(Divergence.Finding.Self finding, long agreed) {
        String reason = "state of this member differs from that of the others: member=" + members.self() + " index="
                + finding.index() + " own=" + finding.own() + " others=" + finding.others()
                + "; open it again: it starts from an image that agrees, or gets one from the others";
        if (condition.isWrong()) {
            return;
        }
        condition.wrong(reason);
        Uninterrupted.start(members.self() + "-diverged", () -> {
            images().images().condemn(new Condemnation(reason, agreed));
            EngineFactory.Handle handle = engine;
            if (handle != null) {
                shutGate(Deadline.after(QUIESCE_MAX));
                handle.abandon().run();
            }
            proposer.routeChanged();
            gate.signal();
        });
    }

    /** Ends this member's part in the group: the others go on without it. On a thread of its own. */
    void removedByOthers(String why) {
        endPart(StoreState.REMOVED, "member was removed from the cluster: " + why, "removed");
    }

    /** Ends this member's part in the group because it has forgotten some of what it acknowledged. Nothing leaves its engine any more when this returns. */
    void olderCopy(String why) {
        if (condition.hasStopped() || condition.isClosed()) {
            return;
        }
        shutGate(new Deadline(System.nanoTime()));
        endPart(StoreState.FAILED, why, "older-copy");
    }

    /** Ends this member's part in its epoch, which others have left by a recovery. Nothing leaves its engine any more when this returns. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of a member that has stopped.
    void superseded(EpochWatch.Superseded by) {
        if (condition.hasStopped() || condition.isClosed()) {
            return;
        }
        shutGate(new Deadline(System.nanoTime()));
        condition.failed(
                StoreState.SUPERSEDED,
                "the cluster was recovered without this member: member=" + members.self() + " epoch="
                        + directory.membership().epoch() + " next="
                        + by.recovery().epoch() + " recovery="
                        + by.recovery().recovery() + " toldBy=" + by.told());
        Uninterrupted.start(members.self() + "-superseded", () -> {
            LogPosition last = endEngine();
            proposer.routeChanged();
            gate.signal();
            seal(by, last);
            tell(by.told());
        });
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

    /** Last entry of its journal. */
    private LogPosition endEngine() {
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

    /** So that it is not started in its epoch again, whoever it hears then. When that fails it hears of it again after its next start. */
    private void seal(EpochWatch.Superseded by, LogPosition last) {
        try (EpochSuccession succession = EpochSuccession.within(directory.layer(), directory)) {
            long epoch = succession.epoch();
            if (succession.seal().filter(seal -> seal.forbids(epoch)).isEmpty()) {
                succession.seal(new Seal(
                        by.recovery().recovery(),
                        epoch,
                        Math.max(by.recovery().epoch(), succession.unusedEpoch()),
                        Seal.State.SEALED,
                        last,
                        Instant.now()));
            }
        } catch (MetastoreException e) {
            log.warn("directory was not sealed: member={} reason={}", members.self(), e.getMessage());
        }
    }

    private void tell(String told) {
        Consumer<String> action;
        synchronized (this) {
            supersededBy = told;
            action = onSuperseded;
        }
        action.accept(told);
    }

    /** Told where somebody of the next epoch listens, on a thread that may wait, after this member's part in its epoch has ended; also when it had before. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a member that comes back.
    void onSuperseded(Consumer<String> action) {
        String told;
        synchronized (this) {
            onSuperseded = action;
            told = supersededBy;
        }
        if (told != null) {
            Uninterrupted.start(members.self() + "-superseded", () -> action.accept(told));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of a member that has stopped.
    private void endPart(StoreState end, String reason, String thread) {
        if (condition.hasStopped() || condition.isClosed()) {
            return;
        }
        condition.failed(end, reason);
        Uninterrupted.start(members.self() + "-" + thread, () -> {
            EngineFactory.Handle handle = engine;
            if (handle != null) {
                shutGate(Deadline.after(QUIESCE_MAX));
                handle.abandon().run();
            }
            proposer.routeChanged();
            gate.signal();
        });
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
        every(1000, () -> onSomeWorker("look at the group", look));
    }

    /** An engine has read its journal: who is in the group is what it found there. */
    void groupFound() {
        lookAtGroup.run();
    }

    /** Runs recurring work that may wait for the disk; when all workers are busy it is left out, and comes again. */
    void onSomeWorker(String what, Runnable work) {
        try {
            workers.execute(guarded(work));
        } catch (RejectedExecutionException e) {
            log.warn("left out, all workers are busy: member={} work={}", members.self(), what);
        }
    }

    /** Takes part in the asynchronous writes until {@link #answer} has run. */
    Permits asyncWrites() {
        return asyncWrites;
    }

    /** Where a call that holds one of the permits is answered; the permit is given back afterwards. */
    Executor answering(Permits permits) {
        return task -> answer(permits, task);
    }

    private void answer(Permits permits, Runnable task) {
        Runnable whole = () -> {
            try {
                task.run();
            } finally {
                permits.release();
            }
        };
        try {
            callbacks.execute(whole);
        } catch (RejectedExecutionException e) {
            whole.run(); // Closing: better here than never. Never for want of room, see the field.
        }
    }

    <R extends @Nullable Object> CompletableFuture<R> onWorker(Supplier<R> call) {
        asyncWork.take(members.self());
        Work<R> work = new Work<>(call);
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            asyncWork.release();
            throw condition.isClosed() ? closed() : asyncWork.overloaded(members.self());
        }
        return work.future;
    }

    private StoreClosedException closed() {
        return new StoreClosedException("store is closed: member=" + members.self());
    }

    /** A call for a worker; when it is not run any more it is refused, so that its future is always completed. */
    private final class Work<R extends @Nullable Object> implements Runnable {

        private final Supplier<R> call;
        private final CompletableFuture<R> future = new CompletableFuture<>();

        Work(Supplier<R> call) {
            this.call = call;
        }

        @Override
        public void run() {
            R value;
            try {
                value = call.get();
            } catch (RuntimeException | Error e) {
                finish(() -> future.completeExceptionally(e));
                return;
            }
            finish(() -> future.complete(value));
        }

        void refuse() {
            finish(() -> future.completeExceptionally(closed()));
        }
    }

    private void endWorkers() {
        for (Runnable left : workers.shutdownNow()) {
            if (left instanceof Work<?> work) {
                work.refuse();
            }
        }
    }

    private void finish(Runnable completion) {
        answer(
                asyncWork,
                () -> Lane.run(this, "callback of an asynchronous call", () -> {
                    completion.run();
                    return Boolean.TRUE;
                }));
    }

    /**
     * Takes everything apart, to the end: on a thread of its own, so that an interrupt of the caller stops nothing halfway, and every part even when
     * another cannot be closed, a state on a full disk for one.
     *
     * <p>All steps share one deadline. A step that is stuck is left behind with its thread, which the log names, and the next one begins. Only the
     * state is never left before its last flush has ended, and the directory stays locked until then; when that takes longer than the deadline, this
     * returns all the same, the log names the thread that goes on, and nothing but state and directory is still held.
     *
     * @param orderly false: as if the process had died
     */
    void close(boolean orderly) {
        Deadline deadline = Deadline.after(CLOSE_MAX);
        String thread = members.self() + "-close";
        FutureTask<@Nullable Void> task;
        boolean first;
        synchronized (this) {
            first = closing == null;
            task = closing == null ? Uninterrupted.start(thread, () -> takeApart(orderly, deadline)) : closing;
            closing = task;
        }
        try {
            if (!Uninterrupted.await(task, deadline)) {
                log.warn(
                        "closing takes long and goes on: member={} thread={} directory={}; the directory is locked until it ends",
                        members.self(),
                        thread,
                        directory.root());
            }
        } catch (RuntimeException | Error e) {
            if (first) { // Whoever closes again did nothing that could fail.
                throw e;
            }
        }
    }

    /**
     * Ends this member's part in its epoch: nothing of it is written or sent any more, and its files do not change. State and directory stay open, and local reads
     * go on.
     *
     * @throws MetastoreException the state cannot be made durable, or the journal does not come to rest
     */
    void suspend(String why, Function<PendingWrite, OutcomeUnknownException> unknown) {
        if (suspended) {
            return;
        }
        Deadline deadline = Deadline.after(SUSPEND_MAX);
        shutGate(deadline);
        condition.recovering(why);
        proposer.giveUp(unknown);
        Unwinding.runAll(
                housekeeping::shutdownNow,
                () -> proposer.close(deadline),
                gate::signal,
                endMembership,
                () -> endFormation(deadline),
                () -> closeImages(deadline),
                () -> remember(deadline),
                () -> closeEngine(true, deadline),
                () -> bounded("transport", this::closeTransport, deadline));
        EngineFactory.Handle handle = engine;
        if (handle != null && !handle.engine().isDown()) {
            throw new StoreFailedException(
                    "the journal does not come to rest: directory=" + directory.root() + " waited=" + SUSPEND_MAX
                            + "; nothing was changed; close the store, then recover from its directory");
        }
        state.freeze();
        suspended = true;
        log.info("suspended: member={} because={} applied={}", members.self(), why, state.applied());
    }

    /** After {@link #suspend}, when another has opened the directory: calls that are under way end as they would have, state included. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the last reader; how it ended is logged.
    void retire() {
        condition.closed();
        onClose = () -> {};
        workers.shutdown();
        callbacks.shutdown();
        state.retire().whenComplete((nothing, failure) -> {
            if (failure != null) {
                log.warn("state of an epoch that has ended was not closed: member={}", members.self(), failure);
            }
        });
    }

    /** Waits for the end of a closing that has begun. */
    boolean awaitClosed(Deadline deadline) {
        FutureTask<@Nullable Void> task;
        synchronized (this) {
            task = closing;
        }
        return task != null && Uninterrupted.await(task, deadline);
    }

    private void takeApart(boolean orderly, Deadline deadline) {
        long started = System.nanoTime();
        Unwinding.runAll(
                orderly ? () -> {} : () -> shutGate(deadline),
                // The links of a process that died are dead at once.
                orderly ? () -> {} : () -> bounded("transport", this::closeTransport, deadline),
                condition::closed,
                () -> bounded("meters", onClose, Deadline.after(deadline.atMost(METERS_MAX))),
                housekeeping::shutdownNow,
                () -> proposer.close(deadline),
                gate::signal,
                endMembership,
                () -> endFormation(deadline),
                () -> closeImages(deadline),
                // A process that died writes nothing more.
                orderly ? () -> remember(deadline) : () -> {},
                () -> closeEngine(orderly, deadline),
                () -> bounded("transport", this::closeTransport, deadline),
                this::endWorkers,
                callbacks::shutdown,
                orderly ? state::close : state::abandon,
                directory::close);
        log.info(
                "closed: member={} orderly={} millis={}",
                members.self(),
                orderly,
                (System.nanoTime() - started) / 1_000_000);
    }

    /** For a step with code that is not ours, or that waits as long as it likes. */
    private void bounded(String part, Runnable step, Deadline deadline) {
        String thread = members.self() + "-close-" + part;
        AtomicReference<@Nullable Thread> by = new AtomicReference<>();
        Runnable known = () -> {
            by.set(Thread.currentThread());
            step.run();
        };
        if (!Uninterrupted.await(Uninterrupted.start(thread, known), deadline)) {
            Thread left = by.get();
            log.warn(
                    "part did not close in time, is left behind: member={} thread={}",
                    members.self(),
                    left == null ? thread : ThreadPlace.of(left));
        }
    }

    private void remember(Deadline deadline) {
        bounded("acknowledgements", recollection::rememberAll, Deadline.after(deadline.atMost(REMEMBER_MAX)));
    }

    private void closeTransport() {
        Transport transport = members.transport();
        if (transport != null) {
            transport.close();
        }
    }

    private void closeImages(Deadline deadline) {
        ImageParts opened = images;
        if (opened != null) {
            opened.close(Deadline.after(deadline.atMost(IMAGES_MAX)));
        }
    }

    private void endFormation(Deadline deadline) {
        Thread thread = formation;
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
            if (!join(thread, deadline.atMost(FORMATION_MAX))) {
                log.warn(
                        "formation did not stop in time, is left behind: member={} thread={}",
                        members.self(),
                        thread.getName());
            }
        }
    }

    private void closeEngine(boolean orderly, Deadline deadline) {
        boolean alone = lockExchange(deadline);
        try {
            closeEngineAlone(orderly, deadline);
        } finally {
            if (alone) {
                exchange.unlock();
            }
        }
    }

    /** False when an exchange takes too long to wait for; what it opens then is closed all the same. */
    private boolean lockExchange(Deadline deadline) {
        try {
            return exchange.tryLock(deadline.atMost(ENGINE_CLOSE_MAX).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void closeEngineAlone(boolean orderly, Deadline deadline) {
        EngineFactory.Handle handle = engine;
        if (handle == null) {
            return;
        }
        if (orderly) {
            handOver(handle.engine(), deadline);
            shutGate(deadline);
            handle.engine().close(new Deadline(deadline.nanos() - CLOSE_END.toNanos()).atMost(ENGINE_CLOSE_MAX));
        } else {
            handle.abandon().run();
        }
    }

    private void shutGate(Deadline deadline) {
        EngineGate gateOfEngine = raftGate;
        if (gateOfEngine != null) {
            gateOfEngine.shut(deadline.atMost(QUIESCE_MAX));
        }
    }

    private void handOver(Engine engine, Deadline deadline) {
        if (engine.leaderReady() && members.peers().voters() > 1) {
            Duration max = deadline.atMost(HAND_OVER_MAX);
            try {
                engine.transferLeadership(null, max).get(max.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                log.info("leadership was not handed over: member={} reason={}", members.self(), e.toString());
            }
        }
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
