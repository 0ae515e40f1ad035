package io.metastore.raft.internal.node;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that is not given up halfway, such as opening and closing: an interrupt is kept for afterwards. */
final class Uninterrupted {

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private Uninterrupted() {}

    /** Runs the work as if the interrupt that the caller came with had not happened yet. One that comes meanwhile is seen by the work. */
    static <T extends @Nullable Object> T call(Supplier<T> work) {
        boolean interrupted = Thread.interrupted();
        try {
            return work.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs the work on a thread of its own and waits for its end, whatever interrupts come. */
    static void onThread(String name, Runnable work) {
        await(start(name, work), Deadline.after(FOREVER));
    }

    /** Starts the work on a thread of its own. */
    static FutureTask<@Nullable Void> start(String name, Runnable work) {
        FutureTask<@Nullable Void> task = new FutureTask<>(work, null);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Waits for the end, whatever interrupts come; throws what the work threw. False when it has not ended by then. */
    static boolean await(FutureTask<@Nullable Void> task, Deadline deadline) {
        boolean interrupted = false;
        try {
            do {
                interrupted |= awaitEnd(task, deadline);
            } while (!task.isDone() && !deadline.passed());
            return task.isDone();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Says whether it was interrupted; throws what the work threw. */
    private static boolean awaitEnd(FutureTask<@Nullable Void> task, Deadline deadline) {
        try {
            task.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
            return false;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
