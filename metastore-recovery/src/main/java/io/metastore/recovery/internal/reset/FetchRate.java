package io.metastore.recovery.internal.reset;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what is fetched below a rate, from the first byte on: after each piece it waits until no more has come than the time since the first one allows. A pause is not made
 * up for. For one thread.
 */
public final class FetchRate {
    /** A rate that is none. */
    public static final long UNLIMITED = Long.MAX_VALUE;
    /** The lowest, at which a member is still asked often enough not to look silent. */
    public static final long BYTES_PER_SECOND_MIN = 64 << 10;

    private static final int PIECES_PER_SECOND = 10;

    /** A monotonic clock that can be waited on, so that a test need not wait. */
    public interface Waiting {
        /** The real one. An interrupt ends the wait and is kept: whoever asks the member next finds it. */
        Waiting SYSTEM = new Waiting() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void await(long nanos) {
                try {
                    boolean ended = new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
                    assert !ended;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };

        long nanoTime();

        /** Lets so much time pass. */
        void await(long nanos);
    }

    private final long bytesPerSecond;
    private final Waiting clock;
    /** When what has come so far would have come at just this rate. */
    private long allowedNanos;

    private boolean begun;

    /**
     * Not begun yet.
     *
     * @param bytesPerSecond from {@value #BYTES_PER_SECOND_MIN}; {@link #UNLIMITED} for no limit
     */
    public FetchRate(long bytesPerSecond, Waiting clock) {
        if (bytesPerSecond < BYTES_PER_SECOND_MIN) {
            throw new IllegalArgumentException("bytesPerSecond must be at least " + BYTES_PER_SECOND_MIN
                    + ": bytesPerSecond=" + bytesPerSecond + "; leave it out for no limit");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
    }

    /** The most to ask for at once, so that it comes evenly. */
    int pieceBytes(int atMost) {
        return (int) Math.min(atMost, Math.max(1, bytesPerSecond / PIECES_PER_SECOND));
    }

    /** The next piece is about to be asked for. */
    void begin() {
        long now = clock.nanoTime();
        if (!begun || allowedNanos - now < 0) {
            begun = true;
            allowedNanos = now;
        }
    }

    /** It has come: waits for as long as it should have taken. */
    void arrived(int bytes) {
        if (bytesPerSecond == UNLIMITED) {
            return;
        }
        allowedNanos += (long) ((double) bytes / bytesPerSecond * 1e9);
        long early = allowedNanos - clock.nanoTime();
        if (early > 0) {
            clock.await(early);
        }
    }
}
