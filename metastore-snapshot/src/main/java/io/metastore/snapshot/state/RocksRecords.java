package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The stored records as the apply thread reads them: always the latest. Remembers headers and reuses its buffers, so it belongs to that thread. */
final class RocksRecords implements Workspace.Base {

    private final RocksStore store;
    private final RocksView latest;
    private final HeaderCache headers = new HeaderCache();
    private final byte[] headerBytes = new byte[RecordHeader.BYTES];
    private byte[] keyBytes = new byte[256];

    RocksRecords(RocksStore store) {
        this.store = store;
        this.latest = store.latest();
    }

    @Override
    public @Nullable RecordHeader header(int table, byte[] key) {
        int length = key(table, key);
        RecordHeader known = headers.get(keyBytes, length);
        if (known == null && store.get(Family.DATA, keyBytes, length, headerBytes) >= 0) {
            known = RecordHeader.read(headerBytes);
            headers.put(keyBytes, length, known);
        }
        return known;
    }

    /** The key was written, or removed when the header is null. */
    void written(int table, byte[] key, @Nullable RecordHeader header) {
        int length = key(table, key);
        if (header == null) {
            headers.remove(keyBytes, length);
        } else {
            headers.put(keyBytes, length, header);
        }
    }

    private int key(int table, byte[] key) {
        int needed = DataKeys.PREFIX_BYTES + key.length;
        if (keyBytes.length < needed) {
            keyBytes = new byte[needed * 2];
        }
        return DataKeys.write(table, key, keyBytes);
    }

    @Override
    public long lastId(String sequence) {
        byte[] value = store.get(Family.SYSTEM, SystemRecords.sequence(sequence));
        return value == null ? 0 : SystemRecords.number(value);
    }

    @Override
    public @Nullable StoredRecord get(int table, byte[] key) {
        byte[] stored = store.get(Family.DATA, DataKeys.encode(table, key));
        return stored == null ? null : record(key, stored);
    }

    @Override
    public @Nullable StoredRecord getHeader(int table, byte[] key) {
        RecordHeader header = header(table, key);
        return header == null ? null : header.withoutValue(key);
    }

    @Override
    public RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        return scan(latest, table, from, to, reversed);
    }

    static RecordCursor scan(RocksView view, int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        byte[] end = to == null ? DataKeys.endOfTable(table) : DataKeys.encode(table, to);
        byte[] begin = DataKeys.encode(table, from);
        if (Arrays.compareUnsigned(begin, end) >= 0) {
            return Nothing.CURSOR;
        }
        return new Walk(view.cursor(Family.DATA, begin, end, reversed));
    }

    static StoredRecord record(byte[] key, byte[] stored) {
        return RecordHeader.read(stored).record(key, Arrays.copyOfRange(stored, RecordHeader.BYTES, stored.length));
    }

    /** An empty range; RocksDB's bounds must not cross. */
    private enum Nothing implements RecordCursor {
        CURSOR;

        @Override
        public @Nullable StoredRecord next() {
            return null;
        }

        @Override
        public @Nullable StoredRecord nextHeader() {
            return null;
        }

        @Override
        public void close() {}
    }

    private record Walk(RocksCursor cursor) implements RecordCursor {
        private static final byte[] NO_VALUE = {};

        @Override
        public @Nullable StoredRecord next() {
            RocksCursor.Row row = cursor.next();
            return row == null ? null : record(DataKeys.userKey(row.key()), row.value());
        }

        @Override
        public @Nullable StoredRecord nextHeader() {
            RocksCursor.Row row = cursor.next(RecordHeader.BYTES);
            return row == null ? null : RecordHeader.read(row.value()).record(DataKeys.userKey(row.key()), NO_VALUE);
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
