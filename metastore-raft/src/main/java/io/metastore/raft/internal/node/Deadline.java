package io.metastore.raft.internal.node;

import java.time.Duration;

/**
 * A moment on the monotonic clock by which something has to be done.
 *
 * @param nanos on {@link System#nanoTime}
 */
public record Deadline(long nanos) {

    /** Further away than anybody waits, and near enough to compute with. */
    private static final Duration FOREVER = Duration.ofDays(100 * 365);

    public static Deadline after(Duration duration) {
        Duration bounded = duration.compareTo(FOREVER) < 0 ? duration : FOREVER;
        return new Deadline(System.nanoTime() + bounded.toNanos());
    }

    /** What is left; zero or less when it has passed. */
    public long remainingNanos() {
        return nanos - System.nanoTime();
    }

    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, remainingNanos()));
    }

    /** How long one of several steps that share this deadline may take: no longer than it usually may, and than there is left. */
    public Duration atMost(Duration usual) {
        Duration left = remaining();
        return left.compareTo(usual) < 0 ? left : usual;
    }

    public boolean passed() {
        return remainingNanos() <= 0;
    }
}
