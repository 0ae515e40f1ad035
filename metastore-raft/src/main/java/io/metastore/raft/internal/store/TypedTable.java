package io.metastore.raft.internal.store;

import io.metastore.api.ByteRange;
import io.metastore.api.Entry;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.api.TransactionTable;
import io.metastore.snapshot.state.RecordSource;
import io.metastore.snapshot.state.StoredRecord;
import io.metastore.snapshot.state.WritableRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A table of the application's types over records that can be changed: inside a transaction body or a command handler. */
final class TypedTable<K, V> implements TransactionTable<K, V> {

    private final WritableRecords records;
    private final int tableId;
    private final TableDef<K, V> table;
    private final Limits limits;
    private final Revision revision;

    TypedTable(WritableRecords records, int tableId, TableDef<K, V> table, Limits limits, Revision revision) {
        this.records = records;
        this.tableId = tableId;
        this.table = table;
        this.limits = limits;
        this.revision = revision;
    }

    @Override
    public Optional<V> get(K key) {
        return getEntry(key).map(Entry::value);
    }

    @Override
    public Optional<Entry<K, V>> getEntry(K key) {
        StoredRecord record = records.get(tableId, Encoding.key(table, key, limits));
        return record == null ? Optional.empty() : Optional.of(Encoding.entry(table, record));
    }

    @Override
    public boolean contains(K key) {
        return records.getHeader(tableId, Encoding.key(table, key, limits)) != null;
    }

    @Override
    public void put(K key, V value) {
        records.put(tableId, Encoding.key(table, key, limits), table.version(), Encoding.value(table, value, limits));
    }

    @Override
    public boolean putIfAbsent(K key, V value) {
        if (contains(key)) {
            return false;
        }
        put(key, value);
        return true;
    }

    @Override
    public boolean remove(K key) {
        return records.remove(tableId, Encoding.key(table, key, limits));
    }

    @Override
    public long removeRange(Range<K> range) {
        List<byte[]> keys = new ArrayList<>();
        ByteRange bytes = Encoding.range(table, range);
        try (RecordSource.RecordCursor cursor = records.scan(tableId, bytes.from(), bytes.to(), range.isReversed())) {
            for (StoredRecord record = cursor.nextHeader();
                    record != null && (range.limit() == 0 || keys.size() < range.limit());
                    record = cursor.nextHeader()) {
                if (keys.size() == limits.removeRangeEntriesMax()) {
                    throw new LimitExceededException(
                            "range removal in table '" + table.name() + "'",
                            keys.size() + 1L,
                            limits.removeRangeEntriesMax(),
                            "limits.removeRangeEntriesMax",
                            "give the range a limit and repeat");
                }
                keys.add(record.key());
            }
        }
        keys.forEach(key -> records.remove(tableId, key));
        return keys.size();
    }

    @Override
    public Page<K, V> scan(Range<K> range) {
        return Scans.page(records, tableId, table, range, limits.scanEntriesMax(), revision);
    }

    @Override
    public long count(Range<K> range) {
        return Scans.count(records, tableId, table, range);
    }
}
