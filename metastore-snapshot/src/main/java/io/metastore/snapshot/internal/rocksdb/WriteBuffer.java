package io.metastore.snapshot.internal.rocksdb;

import java.util.Arrays;

/**
 * Collects the writes of one atomic batch in RocksDB's own write batch format, so that handing them over is one native call however many there
 * are. The format is the one of RocksDB's log files and has been stable since its first release; a test reads it back through RocksDB.
 *
 * <p>Layout: eight bytes sequence number (filled in by RocksDB), four bytes count, then per write a type byte, the family's number, and key and
 * value each behind its length; numbers are varints, fixed ones little endian.
 *
 * <p>Not for several threads at once. Reused: {@link #clear} keeps the memory.
 */
public final class WriteBuffer {

    private static final int HEADER_BYTES = 12;
    private static final int COUNT_AT = 8;
    private static final byte DELETE = 4;
    private static final byte PUT = 5;
    private static final byte DELETE_RANGE = 14;
    private static final int VARINT_BYTES_MAX = 5;
    /** A buffer that one huge batch has blown up is given back. */
    private static final int KEPT_BYTES_MAX = 4 << 20;

    private byte[] bytes = new byte[64 << 10];
    private int size = HEADER_BYTES;
    private int count;

    /** Empties it. */
    public void clear() {
        size = HEADER_BYTES;
        count = 0;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[64 << 10];
        }
    }

    /** Bytes of the writes so far. */
    public int size() {
        return size;
    }

    /** Number of writes so far. */
    public int count() {
        return count;
    }

    /** Forgets the writes after a moment at which {@link #size} and {@link #count} were these. */
    public void rollback(int sizeThen, int countThen) {
        size = sizeThen;
        count = countThen;
    }

    public void put(Family family, byte[] key, int keyLength, byte[] value, int valueLength) {
        put(family, key, keyLength, value, valueLength, value, 0);
    }

    /** The value is written in two parts, to save its assembly. */
    public void put(
            Family family, byte[] key, int keyLength, byte[] head, int headLength, byte[] tail, int tailLength) {
        begin(PUT, family, keyLength + headLength + tailLength);
        append(key, keyLength);
        varint(headLength + tailLength);
        System.arraycopy(head, 0, bytes, size, headLength);
        size += headLength;
        System.arraycopy(tail, 0, bytes, size, tailLength);
        size += tailLength;
    }

    public void delete(Family family, byte[] key, int keyLength) {
        begin(DELETE, family, keyLength);
        append(key, keyLength);
    }

    /** Deletes from a key inclusive to a key exclusive. */
    public void deleteRange(Family family, byte[] from, byte[] to) {
        begin(DELETE_RANGE, family, from.length + to.length);
        append(from, from.length);
        append(to, to.length);
    }

    /** The finished batch. */
    byte[] toBytes() {
        for (int i = 0; i < 4; i++) {
            bytes[COUNT_AT + i] = (byte) (count >>> (8 * i));
        }
        return Arrays.copyOf(bytes, size);
    }

    private void begin(byte type, Family family, int payloadBytes) {
        int needed = Math.addExact(size, Math.addExact(payloadBytes, 1 + 3 * VARINT_BYTES_MAX));
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.length * 2L)));
        }
        bytes[size++] = type;
        varint(family.rocksId());
        count++;
    }

    private void append(byte[] from, int length) {
        varint(length);
        System.arraycopy(from, 0, bytes, size, length);
        size += length;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }
}
