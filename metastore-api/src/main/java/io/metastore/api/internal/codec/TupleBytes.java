package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.util.Arrays;

/**
 * The bytes of a tuple: every part with 0x00 written as 0x00 0xFF, ended by 0x00 0x00.
 *
 * <p>Why it keeps the order: where one part ends and the other goes on, 0x00 0x00 meets either a byte above 0x00 or 0x00 0xFF, and is less
 * than both. The end mark cannot occur inside a part, so no tuple is a prefix of another with the same number of parts.
 */
final class TupleBytes {

    private static final byte ESCAPED_ZERO = (byte) 0xFF;

    private TupleBytes() {}

    /** A whole part with its end mark. */
    static void append(Output out, byte[] part) {
        appendOpen(out, part);
        out.writeByte(0);
        out.writeByte(0);
    }

    /** The beginning of a part. */
    static void appendOpen(Output out, byte[] part) {
        for (byte b : part) {
            out.writeByte(b);
            if (b == 0) {
                out.writeByte(ESCAPED_ZERO);
            }
        }
    }

    static byte[][] split(byte[] tuple, int parts) {
        byte[][] result = new byte[parts][];
        byte[] buffer = new byte[tuple.length];
        int next = 0;
        for (int i = 0; i < parts; i++) {
            int length = 0;
            while (true) {
                byte b = at(tuple, next++);
                if (b == 0) {
                    byte mark = at(tuple, next++);
                    if (mark == 0) {
                        break;
                    }
                    if (mark != ESCAPED_ZERO) {
                        throw new CodecException("tuple key is damaged: byte=" + (next - 1) + " length=" + tuple.length
                                + " expected=0x00 or 0xFF after 0x00 found=0x" + Integer.toHexString(mark & 0xFF));
                    }
                }
                buffer[length++] = b;
            }
            result[i] = Arrays.copyOf(buffer, length);
        }
        if (next != tuple.length) {
            throw new CodecException("tuple key has more bytes than parts: parts=" + parts + " length=" + tuple.length
                    + " read=" + next);
        }
        return result;
    }

    private static byte at(byte[] tuple, int index) {
        if (index >= tuple.length) {
            throw new CodecException("tuple key ends early: length=" + tuple.length);
        }
        return tuple[index];
    }
}
