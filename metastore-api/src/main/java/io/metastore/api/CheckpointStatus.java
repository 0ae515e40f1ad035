package io.metastore.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the checkpoints of a member have been going. Immutable.
 *
 * @param newest the newest image; null before the first
 * @param images how many there are
 * @param running whether one is being made
 * @param made how many were published since the store was opened
 * @param failed how many were not
 * @param lastFailure why the last one failed; empty when it did not
 * @param retryIn when the next attempt after a failure comes; zero when none is due
 * @param entriesSince journal entries applied since the newest image
 * @param journalFirst first entry still in the journal; -1 while that is not known
 * @param journalHeld who keeps the journal from being purged as far as the images allow; null when nobody does
 * @param applyCost what the last one that was published cost the thread that applies entries; null before the first since the store was opened
 */
public record CheckpointStatus(
        @Nullable Image newest,
        int images,
        boolean running,
        long made,
        long failed,
        String lastFailure,
        Duration retryIn,
        long entriesSince,
        long journalFirst,
        @Nullable JournalHold journalHeld,
        @Nullable ApplyCost applyCost) {

    /**
     * A member that is catching up and for which the journal is kept, within {@link CheckpointPolicy#laggardEntries} and {@link
     * CheckpointPolicy#laggardBytes}.
     *
     * @param member who is behind; or {@code image.<index>}, when the journal is kept because that older image is being read or sent
     * @param entries how many entries are kept for it alone
     * @param bytes length of the journal files that are kept for it alone
     */
    public record JournalHold(String member, long entries, long bytes) {}

    /**
     * What the making of an image cost the thread that applies entries. Nothing of it is done on that thread, but it may have to wait for a lock inside the
     * state, and it shares the processors and the disk.
     *
     * @param entries how many were applied meanwhile
     * @param took how long that thread was at them
     * @param held how much longer that is than it was, before, at as many entries with as many transactions; zero when it was not
     * @param longest the longest that it was at one of them
     */
    public record ApplyCost(long entries, Duration took, Duration held, Duration longest) {}
}
