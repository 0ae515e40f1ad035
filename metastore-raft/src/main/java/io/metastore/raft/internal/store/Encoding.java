package io.metastore.raft.internal.store;

import io.metastore.api.ByteRange;
import io.metastore.api.Entry;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.Range;
import io.metastore.api.TableDef;
import io.metastore.snapshot.state.StoredRecord;

/** Keys, values and ranges of one table as bytes, checked against the limits. */
final class Encoding {

    private Encoding() {}

    static <K> byte[] key(TableDef<K, ?> table, K key, Limits limits) {
        byte[] bytes = table.keyCodec().encode(key);
        if (bytes.length == 0) {
            throw LimitExceededException.emptyKey(table.name());
        }
        if (bytes.length > limits.keyBytesMax()) {
            throw new LimitExceededException(
                    "key in table '" + table.name() + "'", bytes.length, limits.keyBytesMax(), "limits.keyBytesMax");
        }
        return bytes;
    }

    static <V> byte[] value(TableDef<?, V> table, V value, Limits limits) {
        byte[] bytes = table.valueCodec().encode(value);
        if (bytes.length > limits.valueBytesMax()) {
            throw new LimitExceededException(
                    "value in table '" + table.name() + "'",
                    bytes.length,
                    limits.valueBytesMax(),
                    "limits.valueBytesMax");
        }
        return bytes;
    }

    static <K> ByteRange range(TableDef<K, ?> table, Range<K> range) {
        return range.toBytes(table.keyCodec());
    }

    static <K, V> Entry<K, V> entry(TableDef<K, V> table, StoredRecord record) {
        return new Entry<>(
                table.keyCodec().decode(record.key()),
                table.decodeValue(record.valueVersion(), record.value()),
                record.version(),
                record.createRevision(),
                record.modRevision());
    }
}
