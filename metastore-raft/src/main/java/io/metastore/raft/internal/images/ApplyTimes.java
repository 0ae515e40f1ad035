package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointStatus.ApplyCost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the apply thread is at its entries while a checkpoint is made, held against how long it was at others like them before. Entries are alike when they have as
 * many transactions, to a power of two: more of them take longer without anybody being in the way.
 *
 * <p>Told by the apply thread; asked by the one that makes checkpoints.
 */
final class ApplyTimes {

    private static final int SIZES = Integer.SIZE + 1;

    /** The mean is over about so many entries: long enough for a collection of garbage to count for what it is, short enough to follow the load. */
    private static final int REMEMBERED = 1024;

    /** Mean by size, of entries that no checkpoint was in the way of. Used by the apply thread only, like the field below. */
    private final double[] usualNanos = new double[SIZES];

    private final int[] remembered = new int[SIZES];

    private volatile @Nullable Watch watch;

    /** An entry was applied. Called by the apply thread. */
    void applied(int transactions, long nanos) {
        int size = Integer.SIZE - Integer.numberOfLeadingZeros(transactions);
        Watch now = watch;
        if (now != null) {
            now.add(nanos, remembered[size] == 0 ? nanos : usualNanos[size]);
            return;
        }
        remembered[size] = Math.min(remembered[size] + 1, REMEMBERED);
        usualNanos[size] += (nanos - usualNanos[size]) / remembered[size];
    }

    /** A checkpoint begins. */
    void begin() {
        watch = new Watch();
    }

    /** It has come to its end. An entry under way now does not count. */
    ApplyCost end() {
        Watch over = watch;
        watch = null;
        return over == null ? new Watch().cost() : over.cost();
    }

    /** What happens during one checkpoint. Thread-safe. */
    private static final class Watch {
        private long entries;
        private long nanos;
        private double usual;
        private long longest;

        synchronized void add(long took, double usually) {
            entries++;
            nanos += took;
            usual += usually;
            longest = Math.max(longest, took);
        }

        synchronized ApplyCost cost() {
            return new ApplyCost(
                    entries,
                    Duration.ofNanos(nanos),
                    Duration.ofNanos(Math.max(0, nanos - (long) usual)),
                    Duration.ofNanos(longest));
        }
    }
}
