package io.metastore.raft.internal.images;

import io.metastore.api.Progress;
import io.metastore.api.Progress.Operation;
import io.metastore.api.Progress.Outcome;
import io.metastore.api.Progress.Unit;
import io.metastore.api.ProgressListener;
import io.metastore.api.StoreClosedException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One piece of long work: tells a listener how far it has come, ten times a second at most, and gives up when the store closes. Used by the thread that
 * does the work.
 */
public final class LongWork {

    private static final Logger log = LoggerFactory.getLogger(LongWork.class);

    private static final long TOLD_EVERY_NANOS = 100_000_000;

    private final String member;
    private final Operation operation;
    private final ProgressListener listener;
    private final BooleanSupplier closed;
    private final long startedNanos = System.nanoTime();
    private long toldNanos;
    private long stepNanos = startedNanos;
    private String step = "";
    /** What was done when the step began. */
    private long before;

    private long done;
    private long total = -1;
    private Unit unit = Unit.BYTES;
    private Pace pace = Pace.FULL;

    private LongWork(String member, Operation operation, ProgressListener listener, BooleanSupplier closed) {
        this.member = member;
        this.operation = operation;
        this.listener = listener;
        this.closed = closed;
    }

    /**
     * Does the work and tells how it ended.
     *
     * @param closed whether to give up; asked as often as the listener is told, and may throw what the work is to end by
     * @throws StoreClosedException it was given up; besides what the work throws
     */
    public static <R extends @Nullable Object> R run(
            String member,
            Operation operation,
            ProgressListener listener,
            BooleanSupplier closed,
            Function<LongWork, R> work) {
        LongWork begun = new LongWork(member, operation, listener, closed);
        try {
            R result = work.apply(begun);
            begun.tell(Outcome.DONE);
            return result;
        } catch (RuntimeException | Error e) {
            begun.tell(Outcome.FAILED);
            throw e;
        }
    }

    /** How fast it is done from now on; as fast as it goes unless called. */
    public LongWork at(Pace wanted) {
        pace = wanted;
        return this;
    }

    /**
     * Begins a step; what was done in the one before does not count any more.
     *
     * @param units how much there is to do, -1 when that is not known
     */
    public void step(String name, long units, Unit counted) {
        checkOpen();
        begin(name, 0);
        done = 0;
        total = units;
        unit = counted;
        tell(null);
    }

    /** So much more is done. */
    public void advance(long units) {
        done += units;
        pace.between();
        if (System.nanoTime() - toldNanos >= TOLD_EVERY_NANOS) {
            checkOpen();
            tell(null);
        }
    }

    /** So much of the step is done; it only grows: what has to be done again does not take it back. */
    public void reached(long units) {
        advance(Math.max(0, units - done));
    }

    /** What a part of the work tells of itself, step included. */
    public void report(String name, long doneUnits, long units, Unit counted) {
        boolean next = !name.equals(step);
        if (next) {
            begin(name, doneUnits);
        }
        done = doneUnits;
        total = units;
        unit = counted;
        pace.between();
        if (next || System.nanoTime() - toldNanos >= TOLD_EVERY_NANOS) {
            checkOpen();
            tell(null);
        }
    }

    private void begin(String name, long doneBefore) {
        step = name;
        before = doneBefore;
        stepNanos = System.nanoTime();
    }

    /** Time since it began. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    private void checkOpen() {
        if (closed.getAsBoolean()) {
            throw new StoreClosedException("store was closed during long work: member=" + member + " operation="
                    + operation + " step=" + step);
        }
    }

    private void tell(@Nullable Outcome outcome) {
        toldNanos = System.nanoTime();
        try {
            long stepped = Math.max(1, toldNanos - stepNanos);
            double perSecond = Math.max(0, done - before) / (stepped / 1e9);
            listener.progress(new Progress(member, operation, step, done, total, unit, elapsed(), outcome, perSecond));
        } catch (RuntimeException e) {
            log.warn("progress listener failed: member={} operation={}", member, operation, e);
        }
    }
}
