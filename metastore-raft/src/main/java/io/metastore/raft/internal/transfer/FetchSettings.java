package io.metastore.raft.internal.transfer;

import java.time.Duration;

/**
 * How an image is fetched.
 *
 * @param bytesPerSecond most that is asked for; {@link TokenBucket#UNLIMITED} for no limit, 4096 at least
 * @param chunkBytes most bytes of one piece; smaller ones are asked for while the network is slow
 * @param window how many pieces are asked for before the first has come, 1 to 64
 * @param callTimeout how long a piece may take; one that takes longer is asked for again, and smaller ones from then on
 * @param listTimeout how long a member may take to say which images it has
 * @param pauseMin after the first fruitless attempt; doubles up to {@code pauseMax}
 * @param fruitlessMax after how many attempts in a row that brought nothing it gives up
 * @param corruptMax after how many times that it sent something else than it had promised a member is not asked again
 */
public record FetchSettings(
        long bytesPerSecond,
        int chunkBytes,
        int window,
        Duration callTimeout,
        Duration listTimeout,
        Duration pauseMin,
        Duration pauseMax,
        int fruitlessMax,
        int corruptMax) {

    static final int CHUNK_BYTES_MIN = 4 << 10;

    public FetchSettings {
        if (bytesPerSecond < CHUNK_BYTES_MIN
                || chunkBytes < CHUNK_BYTES_MIN
                || chunkBytes > ImageSender.CHUNK_BYTES_MAX
                || window < 1
                || window > 64
                || pauseMin.isNegative()
                || pauseMax.compareTo(pauseMin) < 0
                || fruitlessMax < 1
                || corruptMax < 1) {
            throw new IllegalArgumentException("invalid settings of fetching images: bytesPerSecond=" + bytesPerSecond
                    + " chunkBytes=" + chunkBytes + " window=" + window + " pauseMin=" + pauseMin + " pauseMax="
                    + pauseMax + " fruitlessMax=" + fruitlessMax + " corruptMax=" + corruptMax);
        }
    }

    public static FetchSettings defaults() {
        return new FetchSettings(
                TokenBucket.UNLIMITED,
                ImageSender.CHUNK_BYTES_MAX,
                4,
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                8,
                3);
    }

    public FetchSettings bytesPerSecond(long rate) {
        return new FetchSettings(
                rate, chunkBytes, window, callTimeout, listTimeout, pauseMin, pauseMax, fruitlessMax, corruptMax);
    }

    /**
     * A piece of a tenth of a second at most, so that the flow is even and the sender does not take a slow receiver for one that has gone. A multiple of {@link
     * #CHUNK_BYTES_MIN}, so that the disk of the receiver can take it at once.
     */
    int chunkBytesAtRate() {
        long most = Math.min(chunkBytes, bytesPerSecond / 10);
        return (int) Math.max(CHUNK_BYTES_MIN, most - most % CHUNK_BYTES_MIN);
    }

    /** The pause after so many fruitless attempts in a row. */
    Duration pause(int fruitless) {
        long factor = 1L << Math.min(20, Math.max(0, fruitless - 1));
        Duration pause = pauseMin.multipliedBy(factor);
        return pause.compareTo(pauseMax) < 0 ? pause : pauseMax;
    }
}
