package io.metastore.recovery.internal.inspect;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes being read, none of them trusted: lengths are compared with what is left before anything is allocated. Used by one thread. */
final class Bytes {

    private final byte[] bytes;
    private int next;

    Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** What was expected and is not there. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Mismatch(String message) {
            super(message);
        }
    }

    Mismatch mismatch(String what) {
        return new Mismatch(what + " at byte " + next + " of " + bytes.length);
    }

    int remaining() {
        return bytes.length - next;
    }

    byte[] take(int count) {
        if (count > remaining()) {
            throw mismatch("expected " + count + " bytes, found " + remaining());
        }
        next += count;
        return Arrays.copyOfRange(bytes, next - count, next);
    }

    byte[] rest() {
        return take(remaining());
    }

    int unsignedByte() {
        return take(1)[0] & 0xff;
    }

    boolean bool() {
        int value = unsignedByte();
        if (value > 1) {
            throw mismatch("expected 0 or 1, found " + value);
        }
        return value == 1;
    }

    /** Big-endian. */
    long fixed(int count) {
        long value = 0;
        for (byte each : take(count)) {
            value = value << Byte.SIZE | (each & 0xff);
        }
        return value;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int each = unsignedByte();
            value |= (long) (each & 0x7f) << shift;
            if (each < 0x80) {
                return value;
            }
        }
        throw mismatch("expected a number");
    }

    /** Zigzag. */
    long signed() {
        long raw = varint();
        return raw >>> 1 ^ -(raw & 1);
    }

    /** How many things follow that take at least one byte each. */
    int count() {
        long count = varint();
        if (count < 0 || count > remaining()) {
            throw mismatch("expected a count, found " + Long.toUnsignedString(count));
        }
        return (int) count;
    }

    byte[] sized() {
        return take(count());
    }

    /** One part of a tuple, up to its end mark. */
    byte[] tuplePart() {
        byte[] part = new byte[remaining()];
        int length = 0;
        while (true) {
            byte each = take(1)[0];
            if (each == 0) {
                int mark = unsignedByte();
                if (mark == 0) {
                    return Arrays.copyOf(part, length);
                }
                if (mark != 0xff) {
                    throw mismatch("expected the end of a part, found " + mark);
                }
            }
            part[length++] = each;
        }
    }

    String text(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw mismatch("expected text in UTF-8, found other bytes");
        }
    }
}
