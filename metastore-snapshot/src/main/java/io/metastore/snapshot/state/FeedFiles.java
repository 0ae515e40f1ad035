package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksStore;

/**
 * Frees the files of that beginning of the feed that was trimmed. RocksDB does so when it merges them with newer ones: until then every image has them, and after
 * many large writes they can be as long as the rest of it. Used by one thread at a time.
 */
final class FeedFiles {

    /** A flush more is worth that: it costs some milliseconds, and files that are merged sooner. */
    private static final long LARGE = 16 << 20;

    private final RocksStore store;

    /** On the disk: no crash brings back what was trimmed. */
    private Trimmed durable;

    /**
     * How far the feed is trimmed at some time.
     *
     * @param floor revisions up to this one are gone
     * @param sequence of a write from which on everybody sees that
     */
    record Trimmed(long floor, long sequence) {
        byte[] end() {
            return SystemRecords.number(floor + 1);
        }
    }

    /** @param store just opened: what it shows is on the disk */
    FeedFiles(RocksStore store) {
        this.store = store;
        this.durable = trimmed();
    }

    private Trimmed trimmed() {
        byte[] feed = store.get(Family.SYSTEM, SystemRecords.FEED);
        return new Trimmed(FeedWindow.decode(feed).floor(), store.sequence());
    }

    /**
     * Deletes the files of what was trimmed and flushed, unless somebody reads it still. Flushes before when that frees much.
     *
     * @return how far it is trimmed now
     */
    Trimmed drop() {
        boolean dropped = dropDurable(); // Who reads since the last flush will mostly have ended by the next.
        Trimmed now = trimmed();
        if (dropped && store.droppableBytes(Family.FEED, now.end()) >= LARGE) {
            store.flush();
            flushed(now);
            dropDurable();
        }
        return now;
    }

    /** All that was written until then is on the disk. */
    void flushed(Trimmed trimmed) {
        durable = trimmed;
    }

    private boolean dropDurable() {
        if (store.isViewedBefore(durable.sequence())) {
            return false;
        }
        store.dropFiles(Family.FEED, durable.end());
        return true;
    }
}
