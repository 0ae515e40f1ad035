package io.metastore.snapshot.state;

import org.jspecify.annotations.Nullable;

/** Records of tables at one moment. Implementations say which threads may call. */
public interface RecordSource {

    @Nullable
    StoredRecord get(int table, byte[] key);

    /** Like {@link #get} without the value (an empty array in its place), which is not copied. */
    @Nullable
    StoredRecord getHeader(int table, byte[] key);

    /**
     * The records of a range in key order, or from the last to the first.
     *
     * @param from inclusive
     * @param to exclusive; null for the end of the table
     */
    RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed);

    /** Walks over records. Closed by whoever asked for it. */
    interface RecordCursor extends AutoCloseable {

        /** The next record; null at the end. */
        @Nullable
        StoredRecord next();

        /** Like {@link #next} without the value (an empty array in its place), for counting and digests. */
        @Nullable
        StoredRecord nextHeader();

        @Override
        void close();
    }
}
