package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.raft.internal.engine.JournalFile;
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
     * @param closed its closed files, oldest first
     */
    public record Journal(long first, List<JournalFile> closed) {
        public Journal {
            closed = List.copyOf(closed);
        }

        /** Length of the files that go when the journal is purged up to one entry and stay when it is purged up to an earlier one only. */
        private long bytesBetween(long kept, long purged) {
            return closed.stream()
                    .filter(file -> file.last() > kept && file.last() <= purged)
                    .mapToLong(JournalFile::bytes)
                    .sum();
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
        JournalHold hold = null;
        long held = limit;
        for (Other other : others) {
            long needed = Math.max(other.applied(), journal.first() - 1);
            long entries = limit - needed;
            long bytes = journal.bytesBetween(needed, limit);
            if (other.applied() < held && entries <= policy.laggardEntries() && bytes <= policy.laggardBytes()) {
                held = other.applied();
                hold = new JournalHold(other.name(), entries, bytes);
            }
        }
        return new PurgeLimit(hold == null ? limit : Math.max(held, journal.first() - 1), hold);
    }
}
