package io.metastore.snapshot.internal.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Walks over keys. Meant for one thread; whoever closes the cursor, its view or the store may be another, therefore every step holds the lock.
 */
public final class RocksCursor implements AutoCloseable {

    private final RocksStore store;
    private final RocksView view;
    private final RocksIterator iterator;
    private final ReadOptions options;
    private final @Nullable Slice lower;
    private final @Nullable Slice upper;
    private final boolean reversed;
    private boolean started;
    private boolean ended;
    private boolean closed;

    RocksCursor(
            RocksStore store,
            RocksView view,
            RocksIterator iterator,
            ReadOptions options,
            @Nullable Slice lower,
            @Nullable Slice upper,
            boolean reversed) {
        this.store = store;
        this.view = view;
        this.iterator = iterator;
        this.options = options;
        this.lower = lower;
        this.upper = upper;
        this.reversed = reversed;
    }

    /**
     * Moves to the next key.
     *
     * @return its value behind its key; null at the end, then and ever after
     */
    public synchronized @Nullable Row next() {
        return advance() ? new Row(iterator.key(), iterator.value(), 0) : null;
    }

    /**
     * Like {@link #next} but reads only so much of the value.
     *
     * @param valueBytes the row's value has this length, filled up with zeros
     */
    public synchronized @Nullable Row next(int valueBytes) {
        if (!advance()) {
            return null;
        }
        byte[] head = new byte[valueBytes];
        int length = iterator.value(head);
        return new Row(iterator.key(), head, length);
    }

    private boolean advance() {
        if (closed) {
            throw store.isClosed() ? store.closedFailure() : new IllegalStateException("cursor is closed");
        }
        if (ended) {
            return false;
        }
        if (started) {
            if (reversed) {
                iterator.prev();
            } else {
                iterator.next();
            }
        } else if (reversed) {
            iterator.seekToLast();
        } else {
            iterator.seekToFirst();
        }
        started = true;
        if (iterator.isValid()) {
            return true;
        }
        ended = true;
        try {
            iterator.status(); // An iterator that meets a damaged block looks as if it had come to its end.
        } catch (RocksDBException e) {
            throw Failures.during("scan", store.directory(), e);
        }
        return false;
    }

    /** Frees it. Idempotent, from any thread. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            iterator.close();
            RocksView.free(options, lower, upper);
            store.handles().freed();
        }
        view.forget(this);
    }

    /**
     * A key and its value.
     *
     * @param valueBytes length of the whole value when only its head was read, else 0
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Row(byte[] key, byte[] value, int valueBytes) {}
}
