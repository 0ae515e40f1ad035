package io.metastore.raft.internal.node;

import io.metastore.api.StoreClosedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads on which a node runs calls that may wait, and on which it answers the asynchronous ones. Callable from any thread. */
final class NodeWorkers {

    private static final Logger log = LoggerFactory.getLogger(NodeWorkers.class);

    private static final int WORKERS_MAX = 16;
    private static final int WORKER_QUEUE_MAX = 10_000;

    private final String member;
    private final Object lane;
    private final Condition condition;

    /** Guards recurring work. */
    private final UnaryOperator<Runnable> guarded;

    /** Invariant: its queue holds at most one task for each permit taken below, because only {@link #answer} puts any in. */
    private final ThreadPoolExecutor callbacks;

    private final ThreadPoolExecutor workers;

    /** Taken when a call begins, given back when its callback has run: a callback that is slow slows those who call, and memory stays bounded. */
    private final Permits asyncWrites;

    private final Permits asyncWork;

    /**
     * Idle threads.
     *
     * @param lane the store that must not be waited for in callbacks
     * @param guarded what a failure of recurring work means
     */
    NodeWorkers(String member, Object lane, Condition condition, int asyncWritesMax, UnaryOperator<Runnable> guarded) {
        this.member = member;
        this.lane = lane;
        this.condition = condition;
        this.guarded = guarded;
        this.asyncWrites = new Permits("write", asyncWritesMax, "or raise limits.queueTransactionsMax");
        this.asyncWork = new Permits("read or transaction body", WORKER_QUEUE_MAX, "no setting changes the limit");
        this.callbacks = pool(1, asyncWritesMax + WORKER_QUEUE_MAX, named(member + "-callbacks"));
        this.workers = pool(WORKERS_MAX, WORKER_QUEUE_MAX, named(member + "-worker"));
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

    /** Runs recurring work that may wait for the disk; when all workers are busy it is left out, and comes again. */
    void onSomeWorker(String what, Runnable work) {
        try {
            workers.execute(guarded.apply(work));
        } catch (RejectedExecutionException e) {
            log.warn("left out, all workers are busy: member={} work={}", member, what);
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
        asyncWork.take(member);
        Work<R> work = new Work<>(call);
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            asyncWork.release();
            throw condition.isClosed() ? closed() : asyncWork.overloaded(member);
        }
        return work.future;
    }

    private StoreClosedException closed() {
        return new StoreClosedException("store is closed: member=" + member);
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

    void endWorkers() {
        for (Runnable left : workers.shutdownNow()) {
            if (left instanceof Work<?> work) {
                work.refuse();
            }
        }
    }

    private void finish(Runnable completion) {
        answer(
                asyncWork,
                () -> Lane.run(lane, "callback of an asynchronous call", () -> {
                    completion.run();
                    return Boolean.TRUE;
                }));
    }

    /** Takes no call any more; those that were taken end as they would have. */
    void retire() {
        workers.shutdown();
        callbacks.shutdown();
    }

    void endCallbacks() {
        callbacks.shutdown();
    }
}
