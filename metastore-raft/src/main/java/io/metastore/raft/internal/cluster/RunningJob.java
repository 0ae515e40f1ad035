package io.metastore.raft.internal.cluster;

import io.metastore.api.Operation;
import io.metastore.api.OperationFailedException;
import io.metastore.api.OperationState;
import io.metastore.api.Progress;
import io.metastore.raft.internal.images.Jobs;
import io.metastore.raft.internal.members.StoredJob;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A job of this process: how far it is, and what of it is recorded. Thread-safe, never blocks. */
final class RunningJob implements Jobs.Job {

    private final long here;
    private final boolean cancellable;
    private final Supplier<Instant> clock;

    /** Told when it begins to run and when it ends, outside of the lock. */
    private final Consumer<RunningJob> news;

    /** Guarded by this, as are the fields below. Has the number it has here until it is recorded. */
    private Operation now;

    private boolean unwanted;

    /** The number it has, or is to have, in the cluster; 0 before there is one. */
    private long number;

    private boolean recorded;
    private long recordedNanos;

    RunningJob(Operation begun, boolean cancellable, Supplier<Instant> clock, Consumer<RunningJob> news) {
        this.here = begun.id();
        this.now = begun;
        this.cancellable = cancellable;
        this.clock = clock;
        this.news = news;
    }

    /** Its number in this process; negative. */
    long here() {
        return here;
    }

    synchronized Operation now() {
        return now;
    }

    @Override
    public void running() {
        synchronized (this) {
            if (now.isOver() || unwanted) {
                return;
            }
            now = with(OperationState.RUNNING, "beginning", 0, -1);
        }
        news.accept(this);
    }

    @Override
    public synchronized void reached(Progress progress) {
        boolean tells = progress.outcome() == null && !progress.step().isEmpty();
        if (!now.isOver() && !unwanted && tells) {
            now = with(OperationState.RUNNING, progress.step(), progress.done(), progress.total());
        }
    }

    private Operation with(OperationState state, String step, long done, long total) {
        return new Operation(
                now.id(),
                now.type(),
                now.target(),
                now.requestedBy(),
                state,
                step,
                now.started(),
                null,
                null,
                done,
                total);
    }

    @Override
    public void checkWanted() {
        Operation cancelled;
        synchronized (this) {
            if (!unwanted) {
                return;
            }
            cancelled = StoredJob.ended(now, OperationState.CANCELLED, clock.get(), null);
        }
        throw new OperationFailedException(cancelled);
    }

    /** Somebody has cancelled it; it ends when it next asks. */
    synchronized void unwanted() {
        if (!unwanted && cancellable && !now.isOver()) {
            unwanted = true;
            now = with(now.state(), "being cancelled: " + now.step(), now.done(), now.total());
        }
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        boolean cancelled = failure instanceof OperationFailedException;
        String message = failure == null || cancelled
                ? null
                : failure.getMessage() == null ? failure.toString() : failure.getMessage();
        end(
                failure == null ? OperationState.DONE : cancelled ? OperationState.CANCELLED : OperationState.FAILED,
                message);
    }

    /** One that nobody asked for. */
    void failedByItself(String error) {
        end(OperationState.FAILED, error);
    }

    private void end(OperationState state, @Nullable String error) {
        synchronized (this) {
            if (now.isOver()) {
                return;
            }
            now = StoredJob.ended(now, state, clock.get(), error);
        }
        news.accept(this);
    }

    synchronized long number() {
        return number;
    }

    synchronized void number(long drawn) {
        number = drawn;
    }

    /** The number of its record; 0 when there is none. */
    synchronized long recorded() {
        return recorded ? number : 0;
    }

    synchronized long recordedNanos() {
        return recordedNanos;
    }

    /** Its record says so much; from now on it goes by the record's number. */
    synchronized void isRecorded(Operation asOf, long nanos) {
        recorded = true;
        recordedNanos = nanos;
        now = StoredJob.numbered(now, number);
    }
}
