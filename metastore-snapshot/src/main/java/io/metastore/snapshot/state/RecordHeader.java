package io.metastore.snapshot.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What stands in front of a record's value: 36 bytes, big endian, in the order of the components.
 *
 * @param createRevision revision that created the key
 * @param modRevision revision that wrote it last
 * @param version counts writes since it was created, from 1
 * @param valueDigest hash of the value, so that the fingerprint need not read values
 * @param valueVersion version of the table definition that wrote the value
 */
record RecordHeader(long createRevision, long modRevision, long version, long valueDigest, int valueVersion) {

    static final int BYTES = 36;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final byte[] NO_VALUE = {};

    /** A record of this header without a value. */
    StoredRecord withoutValue(byte[] key) {
        return record(key, NO_VALUE);
    }

    static RecordHeader read(byte[] from) {
        return read(from, 0);
    }

    static RecordHeader read(byte[] from, int at) {
        return new RecordHeader(
                (long) LONG.get(from, at),
                (long) LONG.get(from, at + 8),
                (long) LONG.get(from, at + 16),
                (long) LONG.get(from, at + 24),
                (int) INT.get(from, at + 32));
    }

    void write(byte[] into, int at) {
        LONG.set(into, at, createRevision);
        LONG.set(into, at + 8, modRevision);
        LONG.set(into, at + 16, version);
        LONG.set(into, at + 24, valueDigest);
        INT.set(into, at + 32, valueVersion);
    }

    /** The record as readers see it. */
    StoredRecord record(byte[] key, byte[] value) {
        return new StoredRecord(key, value, valueVersion, version, createRevision, modRevision);
    }
}
