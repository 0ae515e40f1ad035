package io.metastore.raft.internal.transfer;

/**
 * Keeps a flow of bytes below a rate: over any time no more may go than that time's share and one burst. Who takes may go into debt, and pays by waiting first.
 * Used by one thread.
 */
final class TokenBucket {

    /** A rate that is none. */
    static final long UNLIMITED = Long.MAX_VALUE;

    private final long bytesPerSecond;
    private final long burstNanos;
    private final WaitingClock clock;
    /** When what was taken so far would have gone at exactly this rate. */
    private long paidUntilNanos;

    /** @param burstBytes what may go at once after a pause */
    TokenBucket(long bytesPerSecond, long burstBytes, WaitingClock clock) {
        if (bytesPerSecond <= 0 || burstBytes < 0) {
            throw new IllegalArgumentException(
                    "invalid rate: bytesPerSecond=" + bytesPerSecond + " burstBytes=" + burstBytes);
        }
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.burstNanos = bytesPerSecond == UNLIMITED ? 0 : nanos(burstBytes);
        this.paidUntilNanos = clock.nanoTime() - burstNanos;
    }

    /** Waits until so many bytes may go. */
    void take(long bytes) throws InterruptedException {
        if (bytesPerSecond == UNLIMITED) {
            return;
        }
        long now = clock.nanoTime();
        if (paidUntilNanos - (now - burstNanos) < 0) {
            paidUntilNanos = now - burstNanos; // What was not used in time is not saved up.
        }
        paidUntilNanos += nanos(bytes);
        long debtNanos = paidUntilNanos - now;
        if (debtNanos > 0) {
            clock.await(debtNanos);
        }
    }

    private long nanos(long bytes) {
        return (long) ((double) bytes / bytesPerSecond * 1e9);
    }
}
