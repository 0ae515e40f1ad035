package io.metastore.raft.internal.images;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps work to a part of the time, whatever the processor and the disk could do: after each piece of work it rests. The priorities of threads do nothing on most
 * systems, and say nothing to a disk. Used by the thread that does the work.
 */
public final class Pace {

    /** Short enough that a rest is hardly noticed, long enough that resting costs nothing. */
    private static final long WORK_NANOS = 20_000_000;

    private static final double RESTS = 3;

    /** A piece of work that cannot be interrupted in between is not paid for longer than this. */
    private static final long REST_NANOS_MAX = 1_000_000_000;

    /** So short that a write which waits for the processor or the disk meanwhile is not among the slow ones. */
    private static final long SHARED_NANOS = 500_000;

    private static final double SHARED_RESTS = 0.5;

    private static final long SHARED_REST_NANOS_MAX = 4_000_000;

    /** As fast as it goes. */
    public static final Pace FULL = new Pace(() -> 0, nanos -> {}, () -> true);

    private final LongSupplier clock;
    private final LongConsumer rest;
    private final BooleanSupplier hurried;
    private final long workNanos;
    private final double rests;
    private final long restNanosMax;
    private long begunNanos;

    /**
     * Begins to work.
     *
     * @param clock like {@link System#nanoTime}
     * @param rest lets so many nanoseconds pass, or fewer
     * @param hurried whether somebody waits for the end after all
     */
    Pace(LongSupplier clock, LongConsumer rest, BooleanSupplier hurried) {
        this(clock, rest, hurried, WORK_NANOS, RESTS, REST_NANOS_MAX);
    }

    private Pace(
            LongSupplier clock,
            LongConsumer rest,
            BooleanSupplier hurried,
            long workNanos,
            double rests,
            long restNanosMax) {
        this.clock = clock;
        this.rest = rest;
        this.hurried = hurried;
        this.workNanos = workNanos;
        this.rests = rests;
        this.restNanosMax = restNanosMax;
        this.begunNanos = clock.getAsLong();
    }

    /** Two thirds of the time, in short pieces: for work that somebody waits for beside others who wait too. Begins now. */
    public static Pace shared(LongSupplier clock, LongConsumer rest) {
        return new Pace(clock, rest, () -> false, SHARED_NANOS, SHARED_RESTS, SHARED_REST_NANOS_MAX);
    }

    /** A fourth of the time, as long as nobody waits. An interrupt ends a rest and is kept. */
    static Pace background(BooleanSupplier hurried) {
        return new Pace(System::nanoTime, LockSupport::parkNanos, hurried);
    }

    /** To be called between two pieces of work, the more often the better. */
    public void between() {
        long worked = clock.getAsLong() - begunNanos;
        if (worked < workNanos || hurried.getAsBoolean()) {
            return;
        }
        rest.accept(Math.min(restNanosMax, (long) (rests * worked)));
        begunNanos = clock.getAsLong();
    }
}
