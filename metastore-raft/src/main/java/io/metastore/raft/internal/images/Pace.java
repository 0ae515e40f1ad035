package io.metastore.raft.internal.images;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps work that nobody waits for to a fourth of the time, whatever the processor and the disk could do: after each piece of work it rests three times as long. The
 * priorities of threads do nothing on most systems, and say nothing to a disk. Used by the thread that does the work.
 */
final class Pace {

    /** Short enough that a rest is hardly noticed, long enough that resting costs nothing. */
    private static final long WORK_NANOS = 20_000_000;

    private static final int RESTS = 3;

    /** A piece of work that cannot be interrupted in between is not paid for longer than this. */
    private static final long REST_NANOS_MAX = 1_000_000_000;

    /** As fast as it goes. */
    static final Pace FULL = new Pace(() -> 0, nanos -> {}, () -> true);

    private final LongSupplier clock;
    private final LongConsumer rest;
    private final BooleanSupplier hurried;
    private long begunNanos;

    /**
     * Begins to work.
     *
     * @param clock like {@link System#nanoTime}
     * @param rest lets so many nanoseconds pass, or fewer
     * @param hurried whether somebody waits for the end after all
     */
    Pace(LongSupplier clock, LongConsumer rest, BooleanSupplier hurried) {
        this.clock = clock;
        this.rest = rest;
        this.hurried = hurried;
        this.begunNanos = clock.getAsLong();
    }

    /** A fourth of the time, as long as nobody waits. An interrupt ends a rest and is kept. */
    static Pace background(BooleanSupplier hurried) {
        return new Pace(System::nanoTime, LockSupport::parkNanos, hurried);
    }

    /** To be called between two pieces of work, the more often the better. */
    void between() {
        long worked = clock.getAsLong() - begunNanos;
        if (worked < WORK_NANOS || hurried.getAsBoolean()) {
            return;
        }
        rest.accept(Math.min(REST_NANOS_MAX, RESTS * worked));
        begunNanos = clock.getAsLong();
    }
}
