package io.metastore.snapshot.state;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one revision changed in the tables.
 *
 * @param revision number of the revision
 * @param session proposer of the transaction
 * @param leaderTimeMillis leader time of its entry, milliseconds since 1970
 * @param command name of the command that made it; empty when it was no command
 * @param changes in the order in which they were made; empty when only sequences or table definitions changed
 */
public record FeedRecord(long revision, UUID session, long leaderTimeMillis, String command, List<Change> changes) {

    public FeedRecord {
        changes = List.copyOf(changes);
    }

    /**
     * A key that was written or removed.
     *
     * @param value null when it was removed
     * @param valueVersion version of the table definition that wrote the value, 0 when it was removed
     * @param version the key's new version, 1 when it was created, 0 when it was removed
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Change(int table, byte[] key, byte @Nullable [] value, int valueVersion, long version) {}
}
