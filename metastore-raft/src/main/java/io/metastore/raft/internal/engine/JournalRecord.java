package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import java.nio.ByteBuffer;

/** What {@link Engine#read} found at an index. */
public sealed interface JournalRecord {

    /**
     * A committed entry that was submitted.
     *
     * @param position where it stands
     * @param payload what was submitted, read-only
     */
    record Entry(LogPosition position, ByteBuffer payload) implements JournalRecord {
        public Entry {
            payload = payload.asReadOnlyBuffer();
        }

        /** For one reader, from the first byte on. */
        @Override
        public ByteBuffer payload() {
            return payload.duplicate();
        }
    }

    /**
     * A committed entry of the engine's own: membership, or the beginning of a term.
     *
     * @param position where it stands
     */
    record Own(LogPosition position) implements JournalRecord {}

    /** No entry. */
    enum None implements JournalRecord {
        /** Not known to be committed, or not there yet. */
        NOT_COMMITTED,
        /** Deleted: the journal begins behind it. */
        PURGED
    }
}
