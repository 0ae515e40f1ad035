package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks over the feed, revision by revision. For one thread. */
public final class FeedCursor implements AutoCloseable {

    private final RocksCursor cursor;
    private final long after;
    private Iterator<FeedRecord> batch = List.<FeedRecord>of().iterator();

    FeedCursor(RocksCursor cursor, long after) {
        this.cursor = cursor;
        this.after = after;
    }

    /** The next revision's changes; null when the view knows no more. */
    public @Nullable FeedRecord next() {
        while (!batch.hasNext()) {
            RocksCursor.Row row = cursor.next();
            if (row == null) {
                return null;
            }
            batch = FeedBuffer.read(row.value(), after).iterator();
        }
        return batch.next();
    }

    @Override
    public void close() {
        cursor.close();
    }
}
