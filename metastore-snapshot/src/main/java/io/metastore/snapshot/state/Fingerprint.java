package io.metastore.snapshot.state;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.TableRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A 128-bit sum over everything that two members at the same position must agree on: live records (key, header and through its digest the value),
 * registered tables and sequences. A sum does not depend on order, so it is kept up to date by subtracting what goes and adding what comes.
 *
 * <p>Each kind is hashed with its own seed, so that no record can stand in for a table. Not for several threads.
 */
final class Fingerprint {

    private static final Hasher64 VALUE = Hashing.xxh3_64();
    private static final Hasher128 RECORD = Hashing.xxh3_128(1);
    private static final Hasher128 TABLE = Hashing.xxh3_128(2);
    private static final Hasher128 SEQUENCE = Hashing.xxh3_128(3);

    private long high;
    private long low;
    private byte[] scratch = new byte[256];

    /** Digest of a value as it stands in the header. */
    static long digest(byte[] value) {
        return VALUE.hashBytesToLong(value);
    }

    static String text(long high, long low) {
        return String.format("%016x%016x", high, low);
    }

    void set(long newHigh, long newLow) {
        high = newHigh;
        low = newLow;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    void add(int table, byte[] key, RecordHeader header) {
        add(hash(table, key, header));
    }

    void subtract(int table, byte[] key, RecordHeader header) {
        subtract(hash(table, key, header));
    }

    void add(TableRecord table) {
        add(TABLE.hashBytesTo128Bits(JournalCodec.encodeTable(table)));
    }

    void subtract(TableRecord table) {
        subtract(TABLE.hashBytesTo128Bits(JournalCodec.encodeTable(table)));
    }

    void add(String sequence, long last) {
        add(hash(sequence, last));
    }

    void subtract(String sequence, long last) {
        subtract(hash(sequence, last));
    }

    private HashValue128 hash(int table, byte[] key, RecordHeader header) {
        int length = DataKeys.PREFIX_BYTES + key.length + RecordHeader.BYTES;
        if (scratch.length < length) {
            scratch = new byte[length * 2];
        }
        header.write(scratch, DataKeys.write(table, key, scratch));
        return RECORD.hashBytesTo128Bits(scratch, 0, length);
    }

    private static HashValue128 hash(String sequence, long last) {
        byte[] name = sequence.getBytes(StandardCharsets.UTF_8);
        return SEQUENCE.hashBytesTo128Bits(
                ByteBuffer.allocate(name.length + 8).put(name).putLong(last).array());
    }

    private void add(HashValue128 hash) {
        long sum = low + hash.getLeastSignificantBits();
        boolean carry = Long.compareUnsigned(sum, low) < 0;
        low = sum;
        high += hash.getMostSignificantBits() + (carry ? 1 : 0);
    }

    private void subtract(HashValue128 hash) {
        boolean borrow = Long.compareUnsigned(low, hash.getLeastSignificantBits()) < 0;
        low -= hash.getLeastSignificantBits();
        high -= hash.getMostSignificantBits() + (borrow ? 1 : 0);
    }
}
