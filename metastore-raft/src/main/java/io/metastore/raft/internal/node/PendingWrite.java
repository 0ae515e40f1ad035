package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on its way into the journal. One caller waits for it, or one callback runs when it is done.
 *
 * <p>The stage moves QUEUED to SENT and back only by the proposer, and to DONE by whoever comes first: the applied result, a failure, or the
 * caller whose deadline passed. The stage at that moment decides the outcome: QUEUED is certainly not in any journal.
 */
public final class PendingWrite {

    /** How far it has come. */
    enum Stage {
        QUEUED,
        SENT
    }

    /** A place in a batch of a session. */
    record Sent(UUID session, long sequence, int place) {}

    /** How it ended: with a result at its batch's place in the journal, or with an error. */
    public record Done(
            @Nullable TransactionResult result,
            @Nullable BatchOutcome batch,
            @Nullable MetastoreException error) {}

    final JournalTransaction transaction;
    final int bytes;
    final Deadline deadline;

    /** A {@link Stage} or a {@link Done}. */
    private final AtomicReference<Object> state = new AtomicReference<>(Stage.QUEUED);

    private volatile @Nullable Thread waiter;
    private final AtomicReference<@Nullable Runnable> callback = new AtomicReference<>();

    /** Where it was last sent; null until then. */
    volatile @Nullable Sent sent;

    PendingWrite(JournalTransaction transaction, int bytes, Deadline deadline) {
        this.transaction = transaction;
        this.bytes = bytes;
        this.deadline = deadline;
    }

    /** Claims it for a batch; false when its caller has given up. */
    boolean markSent(Sent where) {
        sent = where;
        return state.compareAndSet(Stage.QUEUED, Stage.SENT);
    }

    /** Its batch is certainly in no journal. */
    void markQueuedAgain() {
        state.compareAndSet(Stage.SENT, Stage.QUEUED);
    }

    boolean isDone() {
        return state.get() instanceof Done;
    }

    void complete(TransactionResult result, BatchOutcome batch) {
        finish(new Done(result, batch, null));
    }

    void fail(MetastoreException error) {
        finish(new Done(null, null, error));
    }

    /** Fails it only when it is in this stage; says whether it did. */
    boolean failIf(Stage stage, MetastoreException error) {
        if (state.compareAndSet(stage, new Done(null, null, error))) {
            wake();
            return true;
        }
        return false;
    }

    private void finish(Done done) {
        Object now = state.get();
        while (!(now instanceof Done)) {
            if (state.compareAndSet(now, done)) {
                wake();
                return;
            }
            now = state.get();
        }
    }

    private void wake() {
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        Runnable action = callback.getAndSet(null);
        if (action != null) {
            action.run();
        }
    }

    /**
     * Waits until it is done or its deadline has passed.
     *
     * @return how it ended; null when the deadline passed first
     * @throws InterruptedException the calling thread was interrupted
     */
    @Nullable
    Done await() throws InterruptedException {
        waiter = Thread.currentThread();
        try {
            while (true) {
                Object now = state.get();
                if (now instanceof Done done) {
                    return done;
                }
                long left = deadline.remainingNanos();
                if (left <= 0) {
                    return null;
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            waiter = null;
        }
    }

    /** Runs the action once on the executor when it is done; used instead of {@link #await}. */
    void whenDone(Executor executor, Consumer<Done> action) {
        callback.set(() -> {
            if (state.get() instanceof Done done) {
                executor.execute(() -> action.accept(done));
            }
        });
        if (isDone()) {
            wake();
        }
    }

    /** Whether it may be in a journal. */
    boolean isSent() {
        return state.get() == Stage.SENT;
    }

    @Nullable
    Done done() {
        return state.get() instanceof Done done ? done : null;
    }
}
