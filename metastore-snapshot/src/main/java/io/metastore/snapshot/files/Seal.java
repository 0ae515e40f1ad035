package io.metastore.snapshot.files;

import io.metastore.api.LogPosition;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What a recovery writes into the directory of a member that it takes along: a durable promise to take no part in an epoch any more. A sealed directory is not
 * opened as a member in that epoch.
 *
 * @param recovery which recovery; a second one is another
 * @param epoch that has ended for this directory
 * @param next the epoch that takes its place; its number is not given again, also when the recovery is given up
 * @param state whether the promise holds
 * @param tip last entry of the journal when it was sealed; {@link LogPosition#NONE} for none
 * @param since when that state began
 * @param readmission where the member listens that goes on, when the plan of the recovery lets this one come back into the epoch that it begins: who consented to the
 *     plan has allowed it, so whoever opens the directory need not. Empty when it does not
 */
public record Seal(
        UUID recovery,
        long epoch,
        long next,
        State state,
        LogPosition tip,
        Instant since,
        Optional<String> readmission) {

    /** Whether a promise holds. */
    public enum State {
        /** It does: no part in the epoch. */
        SEALED,
        /** It does not: the recovery was given up or taken back. */
        LIFTED
    }

    public Seal {
        if (epoch < 1 || next <= epoch) {
            throw new IllegalArgumentException("invalid seal: epoch=" + epoch + " next=" + next);
        }
    }

    /** One by which nobody is allowed to come back. */
    public Seal(UUID recovery, long epoch, long next, State state, LogPosition tip, Instant since) {
        this(recovery, epoch, next, state, tip, since, Optional.empty());
    }

    /** Whether a member must not be started from a directory in which this epoch is the live one. */
    public boolean forbids(long live) {
        return state == State.SEALED && live == epoch;
    }

    /** The same promise of one that may come back by itself, or may not. */
    public Seal readmitting(Optional<String> address) {
        return new Seal(recovery, epoch, next, state, tip, since, address);
    }

    /** The same promise, given up. */
    public Seal lifted(Instant now) {
        return new Seal(recovery, epoch, next, State.LIFTED, tip, now);
    }
}
