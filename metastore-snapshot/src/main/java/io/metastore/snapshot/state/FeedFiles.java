package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksStore;

/**
 * Frees the files of that beginning of the feed that was trimmed. RocksDB does so when it merges them with newer ones: until then every image has them, and after
 * many large writes they can be as long as the rest of it. Used by one thread at a time.
 */
final class FeedFiles {

    private final RocksStore store;

    /** On the disk, files that are older are not needed for it. */
    private Trimmed durable;

    /**
     * How far the feed is trimmed at some time.
     *
     * @param floor revisions up to this one are gone
     * @param sequence of a write from which on everybody sees that
     */
    record Trimmed(long floor, long sequence) {}

    /** @param store just opened: what it shows is on the disk */
    FeedFiles(RocksStore store) {
        this.store = store;
        this.durable = trimmed();
    }

    /** How far it is now at least. */
    Trimmed trimmed() {
        byte[] feed = store.get(Family.SYSTEM, SystemRecords.FEED);
        return new Trimmed(feed == null ? 0 : FeedWindow.decode(feed).floor(), store.sequence());
    }

    /** That was flushed: a crash does not bring back what was trimmed. */
    void flushed(Trimmed trimmed) {
        durable = trimmed;
    }

    /** Deletes the files of what was trimmed, unless somebody reads it still. */
    void drop() {
        if (durable.floor() > 0) {
            store.dropFiles(Family.FEED, SystemRecords.number(durable.floor() + 1), durable.sequence());
        }
    }
}
