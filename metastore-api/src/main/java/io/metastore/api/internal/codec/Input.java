package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes being read, none of them trusted: every length is checked against what is left before anything is allocated. Used by one thread.
 */
final class Input {

    private final byte[] bytes;
    private int next;
    private String component = "";

    Input(byte[] bytes) {
        this.bytes = bytes;
    }

    /** What is being read, for messages. */
    void at(String component) {
        this.component = component;
    }

    int remaining() {
        return bytes.length - next;
    }

    int readByte() {
        require(1);
        return bytes[next++] & 0xFF;
    }

    boolean readBoolean() {
        int value = readByte();
        if (value > 1) {
            throw damaged("expected 0 or 1 but found " + value, null);
        }
        return value == 1;
    }

    byte[] readBytes(int length) {
        require(length);
        next += length;
        return Arrays.copyOfRange(bytes, next - length, next);
    }

    byte[] readSized() {
        return readBytes(readCount());
    }

    String readString() {
        int length = readCount();
        try {
            String text = Utf8.decode(bytes, next, length);
            next += length;
            return text;
        } catch (CodecException e) {
            throw damaged("not well-formed UTF-8", e);
        }
    }

    /** A number of things that take at least one byte each. */
    int readCount() {
        long count = readVarint();
        if (count < 0 || count > remaining()) {
            throw damaged(
                    "length or count " + Long.toUnsignedString(count) + " exceeds the " + remaining()
                            + " bytes that are left",
                    null);
        }
        return (int) count;
    }

    long readVarint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int b = readByte();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                // One number, one encoding: no padding, and nothing above 64 bits.
                if ((b == 0 && shift > 0) || (shift == 63 && b > 1)) {
                    break;
                }
                return value;
            }
        }
        throw damaged("malformed number", null);
    }

    long readSigned(long min, long max) {
        long raw = readVarint();
        long value = (raw >>> 1) ^ -(raw & 1);
        if (value < min || value > max) {
            throw damaged("number " + value + " out of range [" + min + ", " + max + "]", null);
        }
        return value;
    }

    long readFixed(int length) {
        require(length);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << Byte.SIZE | (bytes[next++] & 0xFF);
        }
        return value;
    }

    CodecException damaged(String problem, @Nullable Throwable cause) {
        return new CodecException(
                "bytes are damaged or of another format: " + problem + ": component=" + component + " byte=" + next
                        + " length=" + bytes.length,
                cause);
    }

    private void require(int length) {
        if (length > remaining()) {
            throw damaged("ends early", null);
        }
    }
}
