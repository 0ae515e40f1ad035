package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.api.StoreClosedException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node is made of and in which order it is taken apart: intake first, then the journal, then the network, then state and files. */
final class NodeParts {

    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    private static final Duration HAND_OVER_MAX = Duration.ofMillis(300);
    private static final Duration ENGINE_CLOSE_MAX = Duration.ofSeconds(1);
    private static final Duration QUIESCE_MAX = Duration.ofMillis(500);
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
    final Meters meters;

    private final ScheduledThreadPoolExecutor housekeeping;
    private final ThreadPoolExecutor callbacks;
    private final ThreadPoolExecutor workers;

    private volatile @Nullable Gate raftGate;
    private volatile EngineFactory.@Nullable Handle engine;
    private volatile @Nullable Thread formation;
    private volatile Runnable onClose = () -> {};
    private boolean closing;

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
            Meters meters) {
        this.members = members;
        this.directory = directory;
        this.state = state;
        this.condition = condition;
        this.gate = gate;
        this.proposer = proposer;
        this.readIndexes = readIndexes;
        this.reporter = reporter;
        this.meters = meters;
        String name = members.self();
        this.housekeeping = new ScheduledThreadPoolExecutor(1, named(name + "-housekeeping"));
        this.callbacks = pool(1, Integer.MAX_VALUE, named(name + "-callbacks"));
        this.workers = pool(WORKERS_MAX, WORKER_QUEUE_MAX, named(name + "-worker"));
    }

    private static ThreadPoolExecutor pool(int threads, int queue, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queue), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
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
    void startHousekeeping(Node node, EarlyElection earlyElection) {
        proposer.start();
        every(
                100,
                () -> proposer.expire(write -> node.unknown(
                        write, "no result within the deadline: member=" + members.self() + " " + condition.reason())));
        every(1000, reporter::listen);
        every(50, gate::signal);
        every(EarlyElection.INTERVAL.toMillis(), earlyElection::look);
        every(FLUSH_MILLIS, () -> workers.execute(this::flushIfChanged));
    }

    /** Failures are caught in the duty itself, so the future tells nothing. */
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
            } catch (MetastoreException e) {
                log.warn("state was not flushed, is tried again: member={} reason={}", members.self(), e.getMessage());
            }
        }
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.warn("housekeeping failed, goes on: member={}", members.self(), e);
            }
        };
    }

    /** From now on closing closes this engine. */
    void engine(Gate opened, EngineFactory.Handle handle) {
        raftGate = opened;
        engine = handle;
    }

    void formation(@Nullable Thread thread) {
        formation = thread;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    Executor callbacks() {
        return task -> {
            try {
                callbacks.execute(task);
            } catch (RejectedExecutionException e) {
                task.run(); // Closing: better here than never.
            }
        };
    }

    <R extends @Nullable Object> CompletableFuture<R> onWorker(Supplier<R> call) {
        Work<R> work = new Work<>(call);
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            MetastoreException error = condition.isClosed()
                    ? closed()
                    : new io.metastore.api.OverloadedException(
                            "too many asynchronous calls wait: member=" + members.self() + " limit=" + WORKER_QUEUE_MAX
                                    + "; wait for some of them before you start more",
                            e);
            work.future.completeExceptionally(error);
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
        callbacks()
                .execute(() -> Lane.run(this, "callback of an asynchronous call", () -> {
                    completion.run();
                    return Boolean.TRUE;
                }));
    }

    /**
     * Takes everything apart, to the end: on a thread of its own, so that an interrupt of the caller stops nothing halfway, and every part even when
     * another cannot be closed, a state on a full disk for one.
     *
     * @param orderly false: as if the process had died
     */
    void close(boolean orderly) {
        Uninterrupted.onThread(members.self() + "-close", () -> takeApart(orderly));
    }

    private synchronized void takeApart(boolean orderly) {
        if (closing) {
            return;
        }
        closing = true;
        long started = System.nanoTime();
        Unwinding.runAll(
                orderly ? () -> {} : this::shutGate,
                orderly ? () -> {} : this::closeTransport, // The links of a process that died are dead at once.
                condition::closed,
                onClose,
                housekeeping::shutdownNow,
                proposer::close,
                gate::signal,
                this::endFormation,
                () -> closeEngine(orderly),
                this::closeTransport,
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

    private void closeTransport() {
        Transport transport = members.transport();
        if (transport != null) {
            transport.close();
        }
    }

    private void endFormation() {
        Thread thread = formation;
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
            join(thread);
        }
    }

    private void closeEngine(boolean orderly) {
        EngineFactory.Handle handle = engine;
        if (handle == null) {
            return;
        }
        if (orderly) {
            handOver(handle.engine());
            shutGate();
            handle.engine().close(ENGINE_CLOSE_MAX);
        } else {
            handle.abandon().run();
        }
    }

    private void shutGate() {
        Gate gateOfEngine = raftGate;
        if (gateOfEngine != null) {
            gateOfEngine.shut(QUIESCE_MAX);
        }
    }

    private void handOver(Engine engine) {
        if (engine.leaderReady() && members.peers().voters() > 1) {
            try {
                engine.transferLeadership(null, HAND_OVER_MAX).get(HAND_OVER_MAX.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                log.info("leadership was not handed over: member={} reason={}", members.self(), e.toString());
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
