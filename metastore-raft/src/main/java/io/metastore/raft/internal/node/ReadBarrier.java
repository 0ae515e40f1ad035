package io.metastore.raft.internal.node;

import io.metastore.api.UnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One round of asking serves all readers that arrived before it started; those that arrive meanwhile share the next round.
 *
 * <p>A round yields an index: a state that contains it contains every write that was acknowledged to anybody before the round started (Raft
 * dissertation, section 6.4). There is no thread here: the reader that finds no round under way starts one, and the thread that ends a round
 * starts the next when somebody waits for it.
 */
final class ReadBarrier {

    private final Supplier<CompletableFuture<Long>> ask;

    private final Object lock = new Object();
    private boolean running;
    private @Nullable CompletableFuture<Long> next;

    /** What the last successful round confirmed. */
    private volatile @Nullable Confirmed last;

    /** The index that was current at some moment after {@code startedNanos}. */
    record Confirmed(long startedNanos, long index) {}

    /** @param ask one round: yields the index, or fails; never blocks */
    ReadBarrier(Supplier<CompletableFuture<Long>> ask) {
        this.ask = ask;
    }

    /** Joins a round that starts after this call; the future is shared, never complete it. */
    CompletableFuture<Long> join() {
        CompletableFuture<Long> mine;
        synchronized (lock) {
            if (running) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            running = true;
            mine = new CompletableFuture<>();
        }
        run(mine);
        return mine;
    }

    @Nullable
    Confirmed last() {
        return last;
    }

    /** Waits for a round. */
    long await(Deadline deadline) throws InterruptedException {
        CompletableFuture<Long> round = join();
        try {
            return round.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new UnavailableException(
                    "no quorum confirmed the leader within the deadline; read with ReadMode.local() to see what"
                            + " this member has",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnavailableException cause) {
                throw new UnavailableException(String.valueOf(cause.getMessage()), cause);
            }
            throw new IllegalStateException("read barrier failed", e.getCause());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback takes result and failure alike.
    private void run(CompletableFuture<Long> first) {
        CompletableFuture<Long> round = first;
        while (round != null) {
            CompletableFuture<Long> serving = round;
            long started = System.nanoTime();
            CompletableFuture<Long> answer = ask();
            if (!answer.isDone()) {
                answer.whenComplete((index, error) -> {
                    finish(serving, started, index, error);
                    CompletableFuture<Long> following = following();
                    if (following != null) {
                        run(following);
                    }
                });
                return;
            }
            finishDone(serving, started, answer);
            round = following();
        }
    }

    /** A round that could not even be asked has failed; those behind it must not wait for it. */
    private CompletableFuture<Long> ask() {
        try {
            return ask.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finishDone(CompletableFuture<Long> round, long started, CompletableFuture<Long> answer) {
        try {
            finish(round, started, answer.join(), null);
        } catch (CompletionException e) {
            finish(round, started, null, e.getCause() == null ? e : e.getCause());
        }
    }

    private void finish(CompletableFuture<Long> round, long started, @Nullable Long index, @Nullable Throwable error) {
        if (index != null) {
            last = new Confirmed(started, index);
            round.complete(index);
        } else {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            round.completeExceptionally(cause == null ? new IllegalStateException("no answer") : cause);
        }
    }

    private @Nullable CompletableFuture<Long> following() {
        synchronized (lock) {
            CompletableFuture<Long> following = next;
            next = null;
            running = following != null;
            return following;
        }
    }
}
