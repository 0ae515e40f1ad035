package io.metastore.snapshot.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The eight bytes in front of everything this package encodes: three magic bytes that say what follows, one byte of format version, four bytes
 * CRC32C (big endian) of all that follows. With the checksum, a flipped bit is found whoever carried the bytes.
 */
enum Frame {
    ENTRY('E', "journal entry"),
    BATCH('B', "journal batch"),
    OUTCOME('O', "batch outcome");

    static final int BYTES = 8;
    /** Raised when a build writes something that the builds before it cannot read. */
    static final int VERSION = 1;

    private final byte kind;
    private final String description;

    Frame(char kind, String description) {
        this.kind = (byte) kind;
        this.description = description;
    }

    /** Fills in the header once the body stands behind it. */
    void seal(byte[] framed) {
        CRC32C crc = new CRC32C();
        crc.update(framed, BYTES, framed.length - BYTES);
        framed[0] = 'M';
        framed[1] = 'S';
        framed[2] = kind;
        framed[3] = VERSION;
        ByteBuffer.wrap(framed).putInt(4, (int) crc.getValue());
    }

    /** Checks the header and the checksum of the bytes that end with the array. */
    void check(byte[] bytes, int offset, int length) {
        checkKind(bytes, offset, length);
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + BYTES, length - BYTES);
        int expected = ByteBuffer.wrap(bytes, offset + 4, 4).getInt();
        if ((int) crc.getValue() != expected) {
            throw bad(
                    "fails its checksum",
                    length,
                    "expected=" + Integer.toHexString(expected) + " found="
                            + Integer.toHexString((int) crc.getValue()));
        }
    }

    /** Checks the header but not the checksum. */
    void checkKind(byte[] bytes, int offset, int length) {
        if (length < BYTES) {
            throw bad("too short", length, "bytes=" + length + " min=" + BYTES);
        }
        if (bytes[offset] != 'M' || bytes[offset + 1] != 'S' || bytes[offset + 2] != kind) {
            throw bad(
                    "does not start with its magic bytes",
                    length,
                    "expected=4d53" + hex(kind) + " found=" + hex(bytes[offset]) + hex(bytes[offset + 1])
                            + hex(bytes[offset + 2]));
        }
        int version = bytes[offset + 3] & 0xff;
        if (version != VERSION) {
            throw bad("has a format version this build does not read", length, "found=" + version);
        }
    }

    /** The bytes passed their checksum but say something this build does not understand. */
    UndecodableEntryException unknown(String what, Throwable cause) {
        return new UndecodableEntryException(
                description + " cannot be decoded: " + what + " version=" + VERSION + " supported=" + VERSION
                        + "; it was written by a newer build or is damaged: run a build that knows it",
                cause);
    }

    private UndecodableEntryException bad(String what, int length, String facts) {
        return new UndecodableEntryException(description + " " + what + ": " + facts + " bytes=" + length
                + " supported=" + VERSION + "; it is damaged or was written by a newer build");
    }

    private static String hex(byte value) {
        return String.format("%02x", value);
    }
}
