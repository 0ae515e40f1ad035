package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.WriteBuffer;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.TableRecord;
import java.util.UUID;

/** Writes a batch's changes down: into one write batch of RocksDB, and into the feed's record. Reused from batch to batch by the apply thread. */
final class StateWriter implements Workspace.Listener, Sessions.Writes {

    private final WriteBuffer buffer = new WriteBuffer();
    private final FeedBuffer feed = new FeedBuffer();
    private final byte[] headerBytes = new byte[RecordHeader.BYTES];
    private byte[] keyBytes = new byte[256];
    private int sizeBefore;
    private int countBefore;

    void clear(UUID session, long leaderTimeMillis) {
        buffer.clear();
        feed.clear(session, leaderTimeMillis);
    }

    WriteBuffer buffer() {
        return buffer;
    }

    @Override
    public void begin() {
        sizeBefore = buffer.size();
        countBefore = buffer.count();
        feed.begin();
    }

    @Override
    public void put(int table, byte[] key, RecordHeader header, byte[] value) {
        int length = key(table, key);
        header.write(headerBytes, 0);
        buffer.put(Family.DATA, keyBytes, length, headerBytes, RecordHeader.BYTES, value, value.length);
        feed.put(table, key, header, value);
    }

    @Override
    public void removed(int table, byte[] key) {
        buffer.delete(Family.DATA, keyBytes(table, key), DataKeys.PREFIX_BYTES + key.length);
        feed.removed(table, key);
    }

    @Override
    public void table(TableRecord table) {
        system(SystemRecords.table(table.name()), JournalCodec.encodeTable(table));
    }

    @Override
    public void sequence(String name, long last) {
        system(SystemRecords.sequence(name), SystemRecords.number(last));
    }

    @Override
    public void rollback() {
        buffer.rollback(sizeBefore, countBefore);
        feed.rollback();
    }

    @Override
    public void commit(long revision, String command) {
        feed.commit(revision, command);
    }

    @Override
    public void put(UUID session, long sequence, byte[] value) {
        byte[] key = SystemRecords.session(session, sequence);
        buffer.put(Family.SESSIONS, key, key.length, value, value.length);
    }

    @Override
    public void delete(UUID session, long from, long to) {
        buffer.deleteRange(Family.SESSIONS, SystemRecords.session(session, from), SystemRecords.session(session, to));
    }

    /** Adds the feed's record for what was committed since {@link #clear}. */
    FeedWindow feed(long revision, FeedWindow window, FeedWindow.Retention retention) {
        buffer.put(Family.FEED, SystemRecords.number(revision), Long.BYTES, feed.array(), feed.size());
        FeedWindow after = window.added(revision, feed.size(), retention);
        if (after.steps() != window.steps()) {
            system(SystemRecords.FEED, after.encode());
            if (after.floor() > window.floor()) {
                buffer.deleteRange(
                        Family.FEED, SystemRecords.number(window.floor()), SystemRecords.number(after.floor() + 1));
            }
        }
        return after;
    }

    void applied(AppliedState state) {
        system(SystemRecords.APPLIED, SystemRecords.encode(state));
    }

    private void system(byte[] key, byte[] value) {
        buffer.put(Family.SYSTEM, key, key.length, value, value.length);
    }

    private byte[] keyBytes(int table, byte[] key) {
        key(table, key);
        return keyBytes;
    }

    private int key(int table, byte[] key) {
        if (keyBytes.length < DataKeys.PREFIX_BYTES + key.length) {
            keyBytes = new byte[2 * (DataKeys.PREFIX_BYTES + key.length)];
        }
        return DataKeys.write(table, key, keyBytes);
    }
}
