package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.raft.internal.engine.JournalFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to which entry the journal may go. Plain values.
 *
 * @param upTo last entry that may be purged; -1 for none
 * @param hold who is furthest behind, of live members and images in use, when that keeps the limit lower than the newest images would; null otherwise
 */
public record PurgeLimit(long upTo, @Nullable JournalHold hold) {

    /** Nothing may go. */
    static final PurgeLimit NOTHING = new PurgeLimit(-1, null);

    /**
     * Another member that is alive.
     *
     * @param applied last entry that it has applied, or that is in the image that it is taking; -1 for none
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
     * The limit: what the second newest image needs stays, and what somebody needs who is behind, unless that is more than the policy grants: a live member, or whoever
     * reads an older image or is sent it. Without that bound one slow receiver would fill the disk.
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
        JournalHold hold = null;
        long held = limit;
        List<Other> behind = new ArrayList<>(others);
        pinned.stream()
                .filter(index -> index >= journal.first() - 1) // Else what comes behind it is gone anyway.
                .map(index -> new Other("image." + index, index))
                .forEach(behind::add);
        for (Other other : behind) {
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
