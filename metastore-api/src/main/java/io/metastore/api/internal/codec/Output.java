package io.metastore.api.internal.codec;

import java.util.Arrays;

/** Bytes that grow. Used by one thread. */
final class Output {

    private byte[] bytes = new byte[64];
    private int size;
    private String component = "";

    /** What is being written, for messages. */
    void at(String component) {
        this.component = component;
    }

    String component() {
        return component;
    }

    void writeByte(int value) {
        if (size == bytes.length) {
            grow(1);
        }
        bytes[size++] = (byte) value;
    }

    void writeBytes(byte[] value) {
        if (bytes.length - size < value.length) {
            grow(value.length);
        }
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** The length and the bytes. */
    void writeSized(byte[] value) {
        writeVarint(value.length);
        writeBytes(value);
    }

    /** Seven bits in a byte, low ones first; a set top bit says that more follow. The number counts as unsigned. */
    void writeVarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        writeByte((int) rest);
    }

    /** A varint that is short for small negative numbers too. */
    void writeSigned(long value) {
        writeVarint((value << 1) ^ (value >> 63));
    }

    /** The low bytes of a number, high one first. */
    void writeFixed(long value, int length) {
        for (int shift = (length - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            writeByte((int) (value >>> shift));
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void grow(int more) {
        bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), (int) Math.min(size * 2L, 1 << 30)));
    }
}
