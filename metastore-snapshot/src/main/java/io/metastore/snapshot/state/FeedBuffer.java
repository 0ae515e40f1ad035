package io.metastore.snapshot.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Assembles the feed's record of a batch, and reads one.
 *
 * <p>Layout: format (1 byte), session (16), leader time (8); then per revision: its number (8), length and name of the command, number of changes
 * (4), and per change: table (4), version (8, 0 for a removal), value version (4), length and key, length and value. Lengths have 4 bytes; all big
 * endian.
 *
 * <p>Not for several threads at once. Reused: {@link #clear} keeps the memory.
 */
final class FeedBuffer {

    private static final byte FORMAT = 1;
    private static final int HEADER_BYTES = 1 + 16 + 8;
    private static final int KEPT_BYTES_MAX = 4 << 20;
    private static final byte[] NOTHING = {};

    private byte[] bytes = new byte[64 << 10];
    private ByteBuffer out = ByteBuffer.wrap(bytes);
    private int transactionAt;
    private int changes;

    void clear(UUID session, long leaderTimeMillis) {
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[64 << 10];
            out = ByteBuffer.wrap(bytes);
        }
        out.clear();
        out.put(FORMAT)
                .putLong(session.getMostSignificantBits())
                .putLong(session.getLeastSignificantBits())
                .putLong(leaderTimeMillis);
    }

    /** A transaction begins; its revision and command are filled in at its end. */
    void begin() {
        transactionAt = out.position();
        changes = 0;
        room(HEADER_BYTES);
    }

    void rollback() {
        out.position(transactionAt);
        changes = 0;
    }

    void put(int table, byte[] key, RecordHeader header, byte[] value) {
        change(table, key, header.version(), header.valueVersion(), value);
    }

    void removed(int table, byte[] key) {
        change(table, key, 0, 0, NOTHING);
    }

    /** The changes are written behind the place where the transaction's head will stand when its command's name is empty. */
    private void change(int table, byte[] key, long version, int valueVersion, byte[] value) {
        room(8 + 4 + 4 + 4 + 8 + 4 + 4 + key.length + 4 + value.length);
        if (changes++ == 0) {
            out.position(transactionAt + 16);
        }
        out.putInt(table).putLong(version).putInt(valueVersion);
        out.putInt(key.length).put(key);
        out.putInt(value.length).put(value);
    }

    void commit(long revision, String command) {
        byte[] name = command.isEmpty() ? NOTHING : command.getBytes(StandardCharsets.UTF_8);
        room(16 + name.length);
        if (changes == 0) {
            out.position(transactionAt + 16);
        }
        int end = out.position();
        int changesAt = transactionAt + 16;
        System.arraycopy(bytes, changesAt, bytes, changesAt + name.length, end - changesAt);
        out.position(transactionAt);
        out.putLong(revision).putInt(name.length).put(name).putInt(changes);
        out.position(end + name.length);
    }

    /** Bytes of the record, which begin at the start of {@link #array}. */
    int size() {
        return out.position();
    }

    byte[] array() {
        return bytes;
    }

    private void room(int more) {
        int needed = Math.addExact(out.position(), more + 16);
        if (needed > bytes.length) {
            int position = out.position();
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.length * 2L)));
            out = ByteBuffer.wrap(bytes).position(position);
        }
    }

    /** Reads the revisions of a record that come after one. */
    static List<FeedRecord> read(byte[] record, long after) {
        ByteBuffer in = ByteBuffer.wrap(record);
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalStateException(
                    "feed record has a format this build does not read: found=" + format + " supported=" + FORMAT);
        }
        UUID session = new UUID(in.getLong(), in.getLong());
        long leaderTimeMillis = in.getLong();
        List<FeedRecord> records = new ArrayList<>();
        while (in.hasRemaining()) {
            long revision = in.getLong();
            String command = new String(array(in), StandardCharsets.UTF_8);
            int count = in.getInt();
            List<FeedRecord.Change> changes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int table = in.getInt();
                long version = in.getLong();
                int valueVersion = in.getInt();
                byte[] key = array(in);
                byte[] value = array(in);
                changes.add(new FeedRecord.Change(table, key, version == 0 ? null : value, valueVersion, version));
            }
            if (revision > after) {
                records.add(new FeedRecord(revision, session, leaderTimeMillis, command, changes));
            }
        }
        return records;
    }

    private static byte[] array(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }
}
