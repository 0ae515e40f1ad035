package io.metastore.raft.internal.images;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.StoreClosedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Long work of a node, one piece after the other on a thread of its own, so that it takes no worker away from calls. */
public final class LongTasks {

    private static final Logger log = LoggerFactory.getLogger(LongTasks.class);

    private final String member;
    private final ThreadPoolExecutor thread;

    public LongTasks(String member, ThreadFactory factory) {
        this.member = member;
        this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        thread.allowCoreThreadTimeOut(true);
    }

    /** Runs it and waits; an interrupt ends the wait, and the work goes on. */
    <R> R run(Supplier<R> work) {
        try {
            return await(thread.submit(work::get));
        } catch (RejectedExecutionException e) {
            throw closed();
        }
    }

    /** Waits for work that somebody else does. */
    <R> R await(CompletableFuture<R> work) {
        return await((Future<R>) work);
    }

    private <R> R await(Future<R> work) {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeadlineExceededException(
                    "the calling thread was interrupted while it waited for long work, which goes on: member="
                            + member);
        } catch (CancellationException e) {
            throw closed();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Runs it when the thread is free, unless the node closes before. */
    public void later(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            throw closed();
        }
    }

    /** Whether something waits for what runs now to end. */
    boolean isAwaited() {
        return !thread.getQueue().isEmpty();
    }

    /** Takes no more. What waits is dropped: its callers are told by the closing of the store. */
    public void close() {
        for (Runnable left : thread.shutdownNow()) {
            if (left instanceof Future<?> future) {
                future.cancel(false);
            }
        }
    }

    /** Waits for the work under way to end, which the closing tells it to; an interrupt is kept for afterwards. */
    public void awaitEnd(long time, TimeUnit unit) {
        try {
            if (!thread.awaitTermination(time, unit)) {
                log.warn("long work did not end in time, is left behind: member={}", member);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private StoreClosedException closed() {
        return new StoreClosedException("store is closed: member=" + member);
    }
}
