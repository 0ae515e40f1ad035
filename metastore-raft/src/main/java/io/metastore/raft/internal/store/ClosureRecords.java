package io.metastore.raft.internal.store;

import io.metastore.api.ByteRange;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.state.RangeDigest;
import io.metastore.snapshot.state.RecordSource;
import io.metastore.snapshot.state.StoredRecord;
import io.metastore.snapshot.state.WritableRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records a transaction body sees: one consistent state with the body's own writes over it. Remembers what was read, keys and ranges, so
 * that the transaction can be checked where it is applied. Used by one thread.
 */
final class ClosureRecords implements WritableRecords {

    /** A key of any table; ordered by table, then by unsigned bytes. */
    @SuppressWarnings("ArrayRecordComponent")
    private record At(int table, byte[] key) {
        static final Comparator<At> ORDER =
                Comparator.comparingInt(At::table).thenComparing(At::key, Arrays::compareUnsigned);
    }

    /** A write of the body; {@code record} is null for a removal. */
    private record Write(@Nullable StoredRecord record) {}

    private final RecordSource base;
    private final TreeMap<At, Long> keysRead = new TreeMap<>(At.ORDER);
    private final List<ClosureScan> rangesRead = new ArrayList<>();
    private final TreeMap<At, Write> writes = new TreeMap<>(At.ORDER);

    ClosureRecords(RecordSource base) {
        this.base = base;
    }

    @Override
    public @Nullable StoredRecord get(int table, byte[] key) {
        Write own = writes.get(new At(table, key));
        return own != null ? own.record() : readBase(table, key);
    }

    @Override
    public @Nullable StoredRecord getHeader(int table, byte[] key) {
        Write own = writes.get(new At(table, key));
        return own != null ? own.record() : noted(table, key, base.getHeader(table, key));
    }

    private @Nullable StoredRecord readBase(int table, byte[] key) {
        return noted(table, key, base.get(table, key));
    }

    private @Nullable StoredRecord noted(int table, byte[] key, @Nullable StoredRecord record) {
        keysRead.putIfAbsent(new At(table, key), record == null ? 0 : record.modRevision());
        return record;
    }

    @Override
    public void put(int table, byte[] key, int valueVersion, byte[] value) {
        StoredRecord own = currentForVersion(table, key);
        long version = own == null ? 1 : own.version() + 1;
        long created = own == null ? 0 : own.createRevision();
        writes.put(new At(table, key), new Write(new StoredRecord(key, value, valueVersion, version, created, 0)));
    }

    /** What the new version counts on from; not a read of the body, so it does not have to be unchanged at commit. */
    private @Nullable StoredRecord currentForVersion(int table, byte[] key) {
        Write own = writes.get(new At(table, key));
        return own != null ? own.record() : base.getHeader(table, key);
    }

    @Override
    public boolean remove(int table, byte[] key) {
        boolean existed = getHeader(table, key) != null;
        writes.put(new At(table, key), new Write(null));
        return existed;
    }

    @Override
    public RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        ClosureScan scan = new ClosureScan(table, from, to, reversed, base.scan(table, from, to, reversed));
        rangesRead.add(scan);
        return new OwnWritesCursor(scan, ownWrites(table, from, to, reversed), reversed);
    }

    private List<Map.Entry<byte[], Write>> ownWrites(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        List<Map.Entry<byte[], Write>> own = new ArrayList<>();
        At begin = new At(table, from);
        At end = to == null ? new At(table + 1, new byte[0]) : new At(table, to);
        if (At.ORDER.compare(begin, end) >= 0) {
            return own; // A range that ends before it begins is empty; a map would call it a mistake.
        }
        var within = writes.subMap(begin, true, end, false);
        (reversed ? within.descendingMap() : within).forEach((at, write) -> own.add(Map.entry(at.key(), write)));
        return own;
    }

    boolean hasWrites() {
        return !writes.isEmpty();
    }

    /** What must still be so when the transaction is applied. */
    List<JournalCheck> checks() {
        List<JournalCheck> checks = new ArrayList<>();
        keysRead.forEach((at, revision) -> checks.add(new JournalCheck.KeyUnchanged(at.table(), at.key(), revision)));
        rangesRead.forEach(scan -> checks.add(scan.check()));
        return checks;
    }

    List<JournalOp> ops() {
        List<JournalOp> ops = new ArrayList<>();
        writes.forEach((at, write) -> {
            StoredRecord record = write.record();
            ops.add(
                    record == null
                            ? new JournalOp.Remove(at.table(), at.key())
                            : new JournalOp.Put(at.table(), at.key(), record.valueVersion(), record.value()));
        });
        return ops;
    }

    /** A range as far as it was read: only that far must it be unchanged. */
    private static final class ClosureScan implements RecordCursor {

        private final int table;
        private final byte[] from;
        private final byte @Nullable [] to;
        private final boolean reversed;
        private final RecordCursor cursor;
        private final List<StoredRecord> seen = new ArrayList<>();
        private boolean exhausted;

        ClosureScan(int table, byte[] from, byte @Nullable [] to, boolean reversed, RecordCursor cursor) {
            this.table = table;
            this.from = from;
            this.to = to;
            this.reversed = reversed;
            this.cursor = cursor;
        }

        @Override
        public @Nullable StoredRecord next() {
            return note(cursor.next());
        }

        @Override
        public @Nullable StoredRecord nextHeader() {
            return note(cursor.nextHeader());
        }

        private @Nullable StoredRecord note(@Nullable StoredRecord record) {
            if (record == null) {
                exhausted = true;
            } else {
                seen.add(new StoredRecord(
                        record.key(), new byte[0], 0, record.version(), record.createRevision(), record.modRevision()));
            }
            return record;
        }

        JournalCheck check() {
            byte[] first = from;
            byte @Nullable [] end = to;
            if (!exhausted && !seen.isEmpty()) {
                byte[] last = seen.get(seen.size() - 1).key();
                if (reversed) {
                    first = last;
                } else {
                    end = ByteRange.after(last);
                }
            } else if (!exhausted) {
                end = from; // Nothing was looked at: the empty range.
            }
            RangeDigest digest = new RangeDigest();
            for (int i = 0; i < seen.size(); i++) {
                StoredRecord record = seen.get(reversed ? seen.size() - 1 - i : i);
                digest.add(record.key(), record.modRevision());
            }
            return new JournalCheck.RangeUnchanged(table, first, end, digest.value());
        }

        @Override
        public void close() {
            cursor.close();
        }
    }

    /** The state's records with the body's own writes put in their places. */
    private static final class OwnWritesCursor implements RecordCursor {

        private final RecordCursor below;
        private final List<Map.Entry<byte[], Write>> own;
        private final boolean reversed;
        private int nextOwn;
        private @Nullable StoredRecord peeked;
        private boolean peekedValid;

        OwnWritesCursor(RecordCursor below, List<Map.Entry<byte[], Write>> own, boolean reversed) {
            this.below = below;
            this.own = own;
            this.reversed = reversed;
        }

        @Override
        public @Nullable StoredRecord next() {
            while (true) {
                if (!peekedValid) {
                    peeked = below.next();
                    peekedValid = true;
                }
                if (nextOwn == own.size()) {
                    peekedValid = false;
                    return peeked;
                }
                Map.Entry<byte[], Write> mine = own.get(nextOwn);
                int order = peeked == null ? 1 : compare(peeked.key(), mine.getKey());
                if (order < 0) {
                    peekedValid = false;
                    return peeked;
                }
                nextOwn++;
                if (order == 0) {
                    peekedValid = false;
                }
                if (mine.getValue().record() != null) {
                    return mine.getValue().record();
                }
            }
        }

        private int compare(byte[] a, byte[] b) {
            int order = Arrays.compareUnsigned(a, b);
            return reversed ? -order : order;
        }

        @Override
        public @Nullable StoredRecord nextHeader() {
            return next();
        }

        @Override
        public void close() {
            below.close();
        }
    }
}
