package io.metastore.recovery.branch;

import java.nio.ByteBuffer;

/** A key of a table, by the table's name: equal when table and bytes are. */
record KeyName(String table, ByteBuffer key) {

    static KeyName of(String table, byte[] key) {
        return new KeyName(table, ByteBuffer.wrap(key.clone()).asReadOnlyBuffer());
    }

    byte[] bytes() {
        byte[] bytes = new byte[key.remaining()];
        key.duplicate().get(bytes);
        return bytes;
    }
}
