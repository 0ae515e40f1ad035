package io.metastore.snapshot.state;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Keys and fixed values of the system family, and keys of the sessions family. In the system family the first byte says the kind: {@code A} how far
 * the state has come, {@code F} what the feed holds, {@code S} a sequence, {@code T} a table. Numbers are big endian.
 */
final class SystemRecords {

    /** Raised when a build writes states that the builds before it cannot read. */
    static final byte FORMAT = 1;

    /** Written when an entry leaves no record of a batch; otherwise the batch's record says how far the state has come. The highest counts. */
    static final byte[] APPLIED = {'A'};

    /** Length of the value. */
    static final int APPLIED_BYTES = 1 + 9 * 8;

    static final byte[] FEED = {'F'};
    static final byte SEQUENCES = 'S';
    static final byte TABLES = 'T';

    /** Session, sequence of the batch. */
    static final int SESSION_KEY_BYTES = 16 + 8;

    private SystemRecords() {}

    static byte[] table(String name) {
        return named(TABLES, name);
    }

    static byte[] sequence(String name) {
        return named(SEQUENCES, name);
    }

    /** First key of a kind. */
    static byte[] first(byte kind) {
        return new byte[] {kind};
    }

    /** First key behind a kind. */
    static byte[] end(byte kind) {
        return new byte[] {(byte) (kind + 1)};
    }

    static String name(byte[] key) {
        return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
    }

    static byte[] session(UUID session, long sequence) {
        return ByteBuffer.allocate(SESSION_KEY_BYTES)
                .putLong(session.getMostSignificantBits())
                .putLong(session.getLeastSignificantBits())
                .putLong(sequence)
                .array();
    }

    static UUID sessionOf(byte[] key) {
        ByteBuffer buffer = ByteBuffer.wrap(key);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static long number(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    static byte[] encode(AppliedState state) {
        byte[] value = new byte[APPLIED_BYTES];
        encode(state, ByteBuffer.wrap(value));
        return value;
    }

    static void encode(AppliedState state, ByteBuffer into) {
        into.put(FORMAT)
                .putLong(state.position().term())
                .putLong(state.position().index())
                .putLong(state.revision().epoch())
                .putLong(state.revision().number())
                .putLong(state.revision().position().term())
                .putLong(state.revision().position().index())
                .putLong(state.fingerprintHigh())
                .putLong(state.fingerprintLow())
                .putLong(state.leaderTimeMillis());
    }

    static AppliedState decodeApplied(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        try {
            byte format = in.get();
            if (format != FORMAT) {
                throw new CorruptStateException("state has a format this build does not read: found=" + format
                        + " supported=" + FORMAT + "; open it with a newer build");
            }
            LogPosition position = new LogPosition(in.getLong(), in.getLong());
            Revision revision = new Revision(in.getLong(), in.getLong(), new LogPosition(in.getLong(), in.getLong()));
            return new AppliedState(position, revision, in.getLong(), in.getLong(), in.getLong());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new CorruptStateException(
                    "state has an unreadable record of its position: bytes=" + value.length + " value="
                            + Arrays.toString(value),
                    e);
        }
    }

    private static byte[] named(byte kind, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[1 + bytes.length];
        key[0] = kind;
        System.arraycopy(bytes, 0, key, 1, bytes.length);
        return key;
    }
}
