package io.metastore.test.history;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An operation under way; obtained from {@link HistoryRecorder.Client#invoke}.
 *
 * <p>Completed at most once, by any thread. Left alone, its outcome is unknown.
 */
public final class Invocation<I, O> {
    private final LongSupplier nanoClock;
    private final Operation<I, O> pending;

    /** Null until the result is known. Guarded by this. */
    private @Nullable Operation<I, O> completed;

    Invocation(int client, String key, I input, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.pending = Operation.unknown(client, key, input, nanoClock.getAsLong());
    }

    /** The store answered. Call it right after the answer arrived. */
    public void ok(O output) {
        complete(Outcome.OK, nanoClock.getAsLong(), output);
    }

    /** The store refused; the operation certainly has no effect. If in doubt, it is {@link #unknown()}. */
    public void failed() {
        complete(Outcome.FAILED, nanoClock.getAsLong(), null);
    }

    /** The caller gave up: the operation may have an effect now, later, or never. */
    public void unknown() {
        complete(Outcome.UNKNOWN, Operation.NEVER, null);
    }

    private synchronized void complete(Outcome outcome, long completedNanos, @Nullable O output) {
        if (completed != null) {
            throw new IllegalStateException(
                    "operation was completed twice: first=" + completed + " second=" + outcome + " " + output);
        }
        completed = new Operation<>(
                pending.client(),
                pending.key(),
                pending.input(),
                pending.invokedNanos(),
                completedNanos,
                outcome,
                output);
    }

    long invokedNanos() {
        return pending.invokedNanos();
    }

    /** The operation as it was known before the time given. */
    synchronized Operation<I, O> operation(long beforeNanos) {
        return completed != null && completed.completedNanos() < beforeNanos ? completed : pending;
    }
}
