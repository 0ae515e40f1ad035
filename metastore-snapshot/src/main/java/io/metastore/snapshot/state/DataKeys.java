package io.metastore.snapshot.state;

import java.util.Arrays;

/** Keys of the data family: four bytes table number, big endian, then the user's key. */
final class DataKeys {

    static final int PREFIX_BYTES = 4;
    private static final byte[] NOTHING = {};

    private DataKeys() {}

    static byte[] encode(int table, byte[] key) {
        byte[] encoded = new byte[PREFIX_BYTES + key.length];
        write(table, key, encoded);
        return encoded;
    }

    /** Where the next table begins. */
    static byte[] endOfTable(int table) {
        return encode(Math.addExact(table, 1), NOTHING);
    }

    /** Writes the key into the beginning of an array that is long enough; returns its length. */
    static int write(int table, byte[] key, byte[] into) {
        into[0] = (byte) (table >>> 24);
        into[1] = (byte) (table >>> 16);
        into[2] = (byte) (table >>> 8);
        into[3] = (byte) table;
        System.arraycopy(key, 0, into, PREFIX_BYTES, key.length);
        return PREFIX_BYTES + key.length;
    }

    static int table(byte[] encoded) {
        return (encoded[0] & 0xff) << 24 | (encoded[1] & 0xff) << 16 | (encoded[2] & 0xff) << 8 | (encoded[3] & 0xff);
    }

    static byte[] userKey(byte[] encoded) {
        return Arrays.copyOfRange(encoded, PREFIX_BYTES, encoded.length);
    }
}
