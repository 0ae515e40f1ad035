package io.metastore.snapshot.state;

/**
 * A live record.
 *
 * @param key without the table's prefix
 * @param valueVersion version of the table definition that wrote the value
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredRecord(
        byte[] key, byte[] value, int valueVersion, long version, long createRevision, long modRevision) {}
