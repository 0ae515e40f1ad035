package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.JournalHold;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to which entry the journal may go. Plain values.
 *
 * @param upTo last entry that may be purged; -1 for none
 * @param hold the live member that is furthest behind, when it keeps the limit lower than the images would; null otherwise
 */
public record PurgeLimit(long upTo, @Nullable JournalHold hold) {

    /** Nothing may go. */
    static final PurgeLimit NOTHING = new PurgeLimit(-1, null);

    /**
     * Another member that is alive.
     *
     * @param applied last entry it has applied; -1 for none
     */
    public record Other(String name, long applied) {}

    /**
     * The journal as it is.
     *
     * @param first its first entry
     * @param last its last entry
     * @param bytes length of its files
     */
    public record Journal(long first, long last, long bytes) {
        private long bytesOf(long entries) {
            long count = Math.max(1, last - first + 1);
            return (long) ((double) bytes / count * entries);
        }
    }

    /**
     * The limit: what the second newest image needs stays, what an image needs that is being read or sent stays, and what a live member needs that is
     * behind, unless that is more than the policy grants.
     *
     * @param images indexes of the published images, newest first
     * @param pinned indexes of those that are read or sent
     */
    static PurgeLimit of(
            CheckpointPolicy policy,
            List<Long> images,
            Collection<Long> pinned,
            Journal journal,
            Collection<Other> others) {
        if (images.size() < 2) {
            return NOTHING;
        }
        long limit = images.get(1);
        for (long index : pinned) {
            limit = Math.min(limit, index);
        }
        Other furthest = null;
        for (Other other : others) {
            long entries = limit - Math.max(other.applied(), journal.first() - 1);
            boolean granted = entries <= policy.laggardEntries() && journal.bytesOf(entries) <= policy.laggardBytes();
            if (other.applied() < limit && granted && (furthest == null || other.applied() < furthest.applied())) {
                furthest = other;
            }
        }
        if (furthest == null) {
            return new PurgeLimit(limit, null);
        }
        long needed = Math.max(furthest.applied(), journal.first() - 1);
        long entries = limit - needed;
        return new PurgeLimit(needed, new JournalHold(furthest.name(), entries, journal.bytesOf(entries)));
    }
}
