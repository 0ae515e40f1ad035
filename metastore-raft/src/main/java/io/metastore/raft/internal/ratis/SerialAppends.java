package io.metastore.raft.internal.ratis;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous work one at a time, in the order it came. The first runs on its caller's thread, later ones on the thread that completed the
 * one before.
 */
final class SerialAppends {
    /** More than the members that may believe to lead, times the resends of each; beyond it the oldest is hung and so is the disk. */
    private static final int WAITING_MAX = 16;

    /** Guarded by this. */
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    /** Guarded by this. */
    private boolean busy;

    /** Runs the work in its turn and returns its result; fails with {@link IllegalStateException} when too much is waiting. */
    <T> CompletableFuture<T> run(Supplier<CompletableFuture<T>> work) {
        synchronized (this) {
            if (busy) {
                return enqueue(work);
            }
            busy = true;
        }
        return start(work);
    }

    /** Called with the lock held. */
    private <T> CompletableFuture<T> enqueue(Supplier<CompletableFuture<T>> work) {
        if (waiting.size() >= WAITING_MAX) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("too many appends are waiting for the disk: waiting=" + waiting.size()));
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        waiting.add(() -> forward(start(work), result));
        return result;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The end of the chain.
    private <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> started;
        try {
            started = work.get();
        } catch (RuntimeException | Error e) {
            started = CompletableFuture.failedFuture(e);
        }
        // The dependent, not the work: whoever gets the result knows that the next has been let in.
        return started.whenComplete((value, failure) -> next());
    }

    private void next() {
        Runnable following;
        synchronized (this) {
            following = waiting.poll();
            if (following == null) {
                busy = false;
                return;
            }
        }
        following.run();
    }

    /** Completes the second like the first. */
    @SuppressWarnings("FutureReturnValueIgnored") // The end of the chain.
    static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        from.whenComplete((@Nullable T value, @Nullable Throwable failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }
}
