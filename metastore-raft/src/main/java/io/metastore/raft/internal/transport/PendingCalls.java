package io.metastore.raft.internal.transport;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one transport that have no reply yet, and their timeouts.
 *
 * <p>A timer per call would wake the timer thread for nearly every call, which costs more than the call itself inside one JVM. So there is one
 * sweep, at the earliest deadline known when it was scheduled: a call that is answered in time costs one map entry and one volatile read.
 * Callable from any thread; timeouts complete futures on the timer thread.
 */
final class PendingCalls {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long TIMEOUT_NANOS_MAX = TimeUnit.DAYS.toNanos(365);

    private final ScheduledExecutorService timer;
    private final long originNanos = System.nanoTime();
    private final ConcurrentHashMap<Long, PendingCall> calls = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    /** When the next sweep runs. Invariant: no later than the deadline of any call in the map, once its {@link #open} returned. */
    private final AtomicLong nextSweepNanos = new AtomicLong(NEVER);

    /** How calls fail that come after the close; null: open. */
    private volatile @Nullable Consumer<PendingCall> closed;

    PendingCalls(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** Registers a call; after {@link #close} it has already failed. */
    PendingCall open(String address, Method method, Duration timeout) {
        long timeoutNanos = Math.min(TIMEOUT_NANOS_MAX, TimeUnit.NANOSECONDS.convert(timeout));
        PendingCall call = new PendingCall(lastId.incrementAndGet(), address, method, timeout, now() + timeoutNanos);
        calls.put(call.id(), call);
        Consumer<PendingCall> late = closed;
        if (late != null) {
            calls.remove(call.id());
            late.accept(call);
            return call;
        }
        sweepBy(call.deadlineNanos()); // After the put: a sweep that runs between the two sees the call or is
        // scheduled anew.
        return call;
    }

    /** Removes a call and hands it over to be completed; null when it timed out, failed or was taken before. */
    @Nullable
    PendingCall take(long id) {
        return calls.remove(id);
    }

    int size() {
        return calls.size();
    }

    /** Takes and fails the calls that match. */
    void fail(Predicate<PendingCall> which, Consumer<PendingCall> how) {
        for (PendingCall call : calls.values()) {
            if (which.test(call) && calls.remove(call.id(), call)) {
                how.accept(call);
            }
        }
    }

    /**
     * Fails what is pending, and at once what comes later.
     *
     * @param how also called for calls that were opened too late, of which nothing was sent
     */
    void close(Consumer<PendingCall> how) {
        closed = how;
        fail(call -> true, how);
    }

    private long now() {
        return System.nanoTime() - originNanos;
    }

    private void sweepBy(long deadlineNanos) {
        long scheduled = nextSweepNanos.get();
        while (deadlineNanos < scheduled) {
            if (nextSweepNanos.compareAndSet(scheduled, deadlineNanos)) {
                schedule(deadlineNanos);
                return;
            }
            scheduled = nextSweepNanos.get();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A sweep that is no longer needed finds nothing to do.
    private void schedule(long atNanos) {
        try {
            timer.schedule(this::sweep, Math.max(0, atNanos - now()), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            close(call ->
                    call.fail(TransportException.Kind.FAILED, "own transport is closed")); // The timer goes with it.
        }
    }

    private void sweep() {
        nextSweepNanos.set(NEVER); // Before looking: a call put later than this schedules for itself.
        long now = now();
        long earliest = NEVER;
        for (PendingCall call : calls.values()) {
            if (call.isDone()) { // Completed by its caller, for example cancelled.
                calls.remove(call.id(), call);
            } else if (call.deadlineNanos() > now) {
                earliest = Math.min(earliest, call.deadlineNanos());
            } else if (calls.remove(call.id(), call)) {
                call.completeExceptionally(new TimeoutException("no reply in time: " + call.facts() + " timeoutMillis="
                        + call.timeout().toMillis()));
            }
        }
        if (earliest != NEVER) {
            sweepBy(earliest);
        }
    }
}
