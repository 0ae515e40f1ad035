package io.metastore.raft.internal.store;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.MetastoreException;
import io.metastore.api.TransactionConflictException;
import io.metastore.raft.internal.node.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call to commit a closure, and whether there is time for another.
 *
 * <p>An attempt that is under way when the deadline passes leaves its caller with an unknown outcome. After a conflict it is certain that nothing was
 * written, which is worth more than one more attempt that would hardly be answered in time: none begins when less is left than the last one took.
 * Used by one thread.
 */
final class ClosureAttempts {

    /** Of the time there was: a write that took long, over an election for one, must not make a call give up early. */
    private static final int SHARE_KEPT_MAX = 10;

    private final Deadline deadline;
    private final long keptNanosMax;
    private int conflicts;
    private long lastNanos;

    /** @param wholeNanos what was left until the deadline when the call began */
    ClosureAttempts(Deadline deadline, long wholeNanos) {
        this.deadline = deadline;
        this.keptNanosMax = Math.max(0, wholeNanos) / SHARE_KEPT_MAX;
    }

    /** How many attempts have met a conflict, which is all that were made so far. */
    int conflicts() {
        return conflicts;
    }

    /**
     * An attempt has met a conflict.
     *
     * @param nanos from sending it to its answer
     */
    void conflict(long nanos) {
        conflicts++;
        lastNanos = nanos;
    }

    /** Throws when another attempt would hardly be answered in time. The first one is always made. */
    void checkTimeLeft() {
        if (conflicts > 0 && deadline.remainingNanos() <= Math.min(lastNanos, keptNanosMax)) {
            throw exhausted(null);
        }
    }

    /** What ends the call after conflicts. An interrupt ends the wait in the same way as the deadline, and stays what it is. */
    MetastoreException exhausted(@Nullable DeadlineExceededException cause) {
        if (cause != null && Thread.currentThread().isInterrupted()) {
            return cause;
        }
        return new TransactionConflictException(
                "transaction met a conflict each time until its deadline: attempts=" + conflicts
                        + "; look for a key that everybody writes, or use a Batch or a command",
                cause);
    }
}
