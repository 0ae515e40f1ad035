package io.metastore.raft.internal.ratis;

import java.util.concurrent.TimeUnit;

/** When to try a follower again that does not answer: soon at first, so that a restarted one is found, and no later than a heartbeat. */
final class RetryDelay {
    private static final long NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(20);

    private final long nanosMax;

    // Written by one step at a time, see TransportLogAppender; read by its own thread as well.
    private volatile int failures;
    private volatile long endNanos;

    RetryDelay(long nanosMax) {
        this.nanosMax = nanosMax;
    }

    void failed() {
        int before = failures;
        endNanos = System.nanoTime() + Math.min(nanosMax, NANOS_MIN << Math.min(before, 10));
        failures = before + 1;
    }

    /** Returns how often it had failed since the last time it worked. */
    int worked() {
        int before = failures;
        if (before > 0) {
            failures = 0;
        }
        return before;
    }

    boolean isFailing() {
        return failures > 0;
    }

    /** Nanoseconds until the next try, 0 or less for now. */
    long remainingNanos(long now) {
        return failures == 0 ? 0 : endNanos - now;
    }
}
