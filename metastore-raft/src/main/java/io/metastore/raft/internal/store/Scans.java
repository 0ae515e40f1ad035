package io.metastore.raft.internal.store;

import io.metastore.api.ByteRange;
import io.metastore.api.Entry;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.snapshot.state.RecordSource;
import io.metastore.snapshot.state.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages and counts over any source of records. */
final class Scans {

    private Scans() {}

    static <K, V> Page<K, V> page(
            RecordSource source, int tableId, TableDef<K, V> table, Range<K> range, int entriesMax, Revision revision) {
        ByteRange bytes = Encoding.range(table, range);
        List<Entry<K, V>> entries = new ArrayList<>();
        byte @Nullable [] last = null;
        try (RecordSource.RecordCursor cursor = source.scan(tableId, bytes.from(), bytes.to(), range.isReversed())) {
            for (StoredRecord record = cursor.next(); record != null; record = cursor.next()) {
                if (range.limit() > 0 && entries.size() == range.limit() && last != null) {
                    return new Page<>(entries, range.resumeAfter(last, table.keyCodec()), revision);
                }
                if (range.limit() == 0 && entries.size() == entriesMax) {
                    throw new LimitExceededException(
                            "scan of table '" + table.name() + "' without a limit",
                            entriesMax + 1L,
                            entriesMax,
                            "limits.scanEntriesMax",
                            "page with Range.limit(n) and Page.next(), use read() with a stream,");
                }
                entries.add(Encoding.entry(table, record));
                last = record.key();
            }
        }
        return new Page<>(entries, null, revision);
    }

    static <K> long count(RecordSource source, int tableId, TableDef<K, ?> table, Range<K> range) {
        ByteRange bytes = Encoding.range(table, range);
        long count = 0;
        try (RecordSource.RecordCursor cursor = source.scan(tableId, bytes.from(), bytes.to(), range.isReversed())) {
            while ((range.limit() == 0 || count < range.limit()) && cursor.nextHeader() != null) {
                count++;
            }
        }
        return count;
    }
}
