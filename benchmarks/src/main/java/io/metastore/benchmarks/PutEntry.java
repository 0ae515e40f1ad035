package io.metastore.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A put as the drivers of replicated logs write it: length of the key in two bytes, key, value. */
public final class PutEntry {
    private PutEntry() {}

    /** The bytes of the entry. */
    public static byte[] encode(String key, byte[] value) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Short.BYTES + keyBytes.length + value.length)
                .putShort((short) keyBytes.length)
                .put(keyBytes)
                .put(value)
                .array();
    }

    /** Puts the record of the entry into the map; copies it, so that the buffer may be reused by its owner. */
    public static void apply(ByteBuffer entry, Map<String, byte[]> records) {
        byte[] key = new byte[entry.getShort()];
        entry.get(key);
        byte[] value = new byte[entry.remaining()];
        entry.get(value);
        records.put(new String(key, StandardCharsets.UTF_8), value);
    }
}
