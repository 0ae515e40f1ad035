package io.metastore.snapshot.internal.rocksdb;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** A store at one moment, or, without a snapshot, always the latest. Reads from any thread; closing it closes its cursors. */
public final class RocksView implements AutoCloseable {

    private final RocksStore store;
    private final @Nullable Snapshot snapshot;
    private final ReadOptions options;
    private final Gate gate;
    private final Set<RocksCursor> cursors = ConcurrentHashMap.newKeySet();
    private final Object closing = new Object();
    private boolean freed;

    /** Called inside the store's gate. */
    RocksView(RocksStore store, @Nullable Snapshot snapshot) {
        this.store = store;
        this.snapshot = snapshot;
        this.options = store.handles().opened(new ReadOptions()).setVerifyChecksums(true);
        if (snapshot != null) {
            store.handles().opened(snapshot);
            options.setSnapshot(snapshot);
        }
        this.gate = new Gate(1, this::closedFailure);
    }

    /** Which write is the last that is seen; see {@link RocksStore#write}. -1 when the view is not frozen. */
    public long sequence() {
        int stripe = gate.enter();
        try {
            return snapshot == null ? -1 : snapshot.getSequenceNumber();
        } finally {
            gate.leave(stripe);
        }
    }

    /** The value of a key. */
    public byte @Nullable [] get(Family family, byte[] key) {
        int stripe = gate.enter();
        try {
            return store.db().get(store.handle(family), options, key);
        } catch (RocksDBException e) {
            throw Failures.during("get", store.directory(), e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** The beginning of the value of a key, as much as fits; see {@link RocksStore#get}. */
    public int get(Family family, byte[] key, byte[] into) {
        int stripe = gate.enter();
        try {
            return store.db().get(store.handle(family), options, key, 0, key.length, into, 0, into.length);
        } catch (RocksDBException e) {
            throw Failures.during("get", store.directory(), e);
        } finally {
            gate.leave(stripe);
        }
    }

    /**
     * A cursor before the first key of a range, or with {@code reversed} behind its last.
     *
     * @param from inclusive
     * @param to exclusive; null for the end of the family
     */
    public RocksCursor cursor(Family family, byte[] from, byte @Nullable [] to, boolean reversed) {
        int stripe = gate.enter();
        Slice lower = null;
        Slice upper = null;
        ReadOptions bounded = null;
        try {
            lower = new Slice(from);
            upper = to == null ? null : new Slice(to);
            bounded = new ReadOptions().setVerifyChecksums(true).setIterateLowerBound(lower);
            if (snapshot != null) {
                bounded.setSnapshot(snapshot);
            }
            if (upper != null) {
                bounded.setIterateUpperBound(upper);
            }
            RocksIterator iterator = store.db().newIterator(store.handle(family), bounded);
            RocksCursor cursor = new RocksCursor(store, this, iterator, bounded, lower, upper, reversed);
            store.handles().opened(cursor);
            cursors.add(cursor);
            return cursor;
        } catch (RuntimeException | Error e) {
            free(bounded, lower, upper);
            throw e;
        } finally {
            gate.leave(stripe);
        }
    }

    static void free(@Nullable ReadOptions options, @Nullable Slice lower, @Nullable Slice upper) {
        if (options != null) {
            options.close();
        }
        if (lower != null) {
            lower.close();
        }
        if (upper != null) {
            upper.close();
        }
    }

    /** Waits for reads that are under way, then frees. Idempotent. */
    @Override
    public void close() {
        synchronized (closing) {
            if (freed) {
                return;
            }
            freed = true;
            gate.close();
            cursors.forEach(RocksCursor::close);
            options.close();
            store.handles().freed();
            if (snapshot != null) {
                store.db().releaseSnapshot(snapshot);
                snapshot.close();
                store.handles().freed();
            }
            store.forget(this);
        }
    }

    void forget(RocksCursor cursor) {
        cursors.remove(cursor);
    }

    RuntimeException closedFailure() {
        return store.isClosed() ? store.closedFailure() : new IllegalStateException("view is closed");
    }
}
