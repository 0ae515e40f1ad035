package io.metastore.api;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one piece of long work has come. Immutable.
 *
 * @param member whose work it is
 * @param operation what is being done
 * @param step what is being done right now, a few words for people
 * @param done how much of it is done; never falls within a step
 * @param total how much there is to do; -1 when that is not known
 * @param unit what {@code done} and {@code total} count
 * @param elapsed since the operation began
 * @param outcome null while it goes on
 * @param perSecond units a second since the step began, without what was done before it: work that is resumed begins with that. 0 at its beginning
 */
public record Progress(
        String member,
        Operation operation,
        String step,
        long done,
        long total,
        Unit unit,
        Duration elapsed,
        @Nullable Outcome outcome,
        double perSecond) {

    /** Kinds of long work. */
    public enum Operation {
        OPEN,
        CHECKPOINT,
        RECEIVE_IMAGE,
        EXPORT,
        IMPORT,
        VERIFY,
        AUDIT
    }

    /** What is counted. */
    public enum Unit {
        BYTES,
        ENTRIES,
        RECORDS
    }

    /** How it ended. */
    public enum Outcome {
        DONE,
        FAILED
    }

    public Progress {
        if (done < 0 || total < -1 || !(perSecond >= 0)) {
            throw new IllegalArgumentException(
                    "invalid progress: done=" + done + " total=" + total + " perSecond=" + perSecond);
        }
    }

    /** Of work with one step, all of it done since it began. */
    public Progress(
            String member,
            Operation operation,
            String step,
            long done,
            long total,
            Unit unit,
            Duration elapsed,
            @Nullable Outcome outcome) {
        this(
                member,
                operation,
                step,
                done,
                total,
                unit,
                elapsed,
                outcome,
                elapsed.isZero() ? 0 : done / (elapsed.toNanos() / 1e9));
    }

    /** Between 0 and 1; empty when the total is not known. */
    public Optional<Double> fraction() {
        return total <= 0 ? Optional.empty() : Optional.of(Math.min(1.0, (double) done / total));
    }

    /** How long the rest of the step takes at the rate so far; empty when that is not known. */
    public Optional<Duration> remaining() {
        return total < 0 || perSecond <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos((long) (Math.max(0, total - done) / perSecond * 1e9)));
    }
}
