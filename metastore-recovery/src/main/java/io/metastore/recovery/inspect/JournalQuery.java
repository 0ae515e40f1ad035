package io.metastore.recovery.inspect;

import io.metastore.api.ByteRange;
import io.metastore.api.Range;
import io.metastore.api.TableDef;
import io.metastore.recovery.journal.EntryVisitor.Kind;
import io.metastore.snapshot.journal.JournalEntry;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a journal are wanted: those for which all that was asked holds. Immutable; {@link #all} is everything.
 *
 * <p>A table or a key is looked for in what transactions write, on either branch, not in what they only check; and not in what commands do, which is not in
 * the journal. An entry that cannot be decoded is not sorted out by table, key or time: nobody knows that it is not the one.
 */
public final class JournalQuery {

    private static final JournalQuery ALL =
            new JournalQuery(0, Long.MAX_VALUE, null, null, EnumSet.allOf(Kind.class), "", null, Long.MAX_VALUE);

    private final long from;
    private final long to;
    private final @Nullable Instant begin;
    private final @Nullable Instant end;
    private final Set<Kind> kinds;
    /** Empty for any. */
    private final String table;
    /** Null for any. */
    private final @Nullable ByteRange keys;

    private final long limit;

    private JournalQuery(
            long from,
            long to,
            @Nullable Instant begin,
            @Nullable Instant end,
            Set<Kind> kinds,
            String table,
            @Nullable ByteRange keys,
            long limit) {
        this.from = from;
        this.to = to;
        this.begin = begin;
        this.end = end;
        this.kinds = kinds;
        this.table = table;
        this.keys = keys;
        this.limit = limit;
    }

    /** All entries. */
    public static JournalQuery all() {
        return ALL;
    }

    /** From this index on, inclusive. */
    public JournalQuery from(long index) {
        return new JournalQuery(index, to, begin, end, kinds, table, keys, limit);
    }

    /** Up to this index, inclusive. */
    public JournalQuery to(long index) {
        return new JournalQuery(from, index, begin, end, kinds, table, keys, limit);
    }

    /**
     * Batches that a leader put into the journal in this time, by its own clock. Other entries carry no time and are left out. Clocks of two leaders may differ,
     * so the entries found need not follow each other without a gap.
     *
     * @param fromInclusive null for no beginning
     * @param toExclusive null for no end
     */
    public JournalQuery between(@Nullable Instant fromInclusive, @Nullable Instant toExclusive) {
        return new JournalQuery(from, to, fromInclusive, toExclusive, kinds, table, keys, limit);
    }

    /** Entries of these kinds. */
    public JournalQuery kinds(Kind first, Kind... others) {
        return new JournalQuery(from, to, begin, end, EnumSet.of(first, others), table, keys, limit);
    }

    /** Batches that write to this table, or register it. */
    public JournalQuery table(String name) {
        return keys(name, null);
    }

    /** Batches that may write this key. */
    public <K> JournalQuery key(TableDef<K, ?> definition, K key) {
        byte[] bytes = definition.keyCodec().encode(key);
        return keys(definition.name(), new ByteRange(bytes, ByteRange.after(bytes)));
    }

    /** Batches that may write keys of this range; its limit and direction do not matter. */
    public <K> JournalQuery range(TableDef<K, ?> definition, Range<K> range) {
        return keys(definition.name(), range.toBytes(definition.keyCodec()));
    }

    /**
     * Batches that may write keys of this range.
     *
     * @param encoded keys as they are stored; null for any, and for registrations of the table
     */
    public JournalQuery keys(String name, @Nullable ByteRange encoded) {
        return new JournalQuery(from, to, begin, end, kinds, Objects.requireNonNull(name, "name"), encoded, limit);
    }

    /** At most so many, the first ones. */
    public JournalQuery limit(long entries) {
        return new JournalQuery(from, to, begin, end, kinds, table, keys, entries);
    }

    long limit() {
        return limit;
    }

    /** Whether no entry with this index or a later one can be meant. */
    boolean isBeyond(long index) {
        return index > to;
    }

    boolean asksFor(long index) {
        return index >= from && index <= to;
    }

    /** Of an entry that is no batch, or none that can be decoded. */
    boolean asksFor(long index, Kind kind) {
        boolean batchesOnly = begin != null || end != null || !table.isEmpty();
        return asksFor(index) && kinds.contains(kind) && (kind == Kind.COMMAND || !batchesOnly);
    }

    boolean asksFor(long index, JournalEntry batch, TableNames names) {
        return asksFor(index, Kind.COMMAND)
                && asksFor(Instant.ofEpochMilli(batch.leaderTimeMillis()))
                && (table.isEmpty() || writes(batch.batch().transactions(), names));
    }

    private boolean asksFor(Instant time) {
        return (begin == null || !time.isBefore(begin)) && (end == null || time.isBefore(end));
    }

    private boolean writes(List<JournalTransaction> transactions, TableNames names) {
        InspectedTable known = names.table(table);
        int id = known == null ? idOf(table) : known.id();
        return transactions.stream()
                .anyMatch(each -> each instanceof Changes changes
                        && (changes.then().stream().anyMatch(op -> writes(op, id))
                                || changes.otherwise().stream().anyMatch(op -> writes(op, id))));
    }

    /** A table of which only the number is known can be asked for as it is shown; 0 for no number. */
    private static int idOf(String name) {
        return name.matches("#[1-9][0-9]{0,8}") ? Integer.parseInt(name.substring(1)) : 0;
    }

    private boolean writes(JournalOp op, int id) {
        if (op instanceof JournalOp.Put o) {
            return o.table() == id && isWanted(o.key());
        } else if (op instanceof JournalOp.Remove o) {
            return o.table() == id && isWanted(o.key());
        } else if (op instanceof JournalOp.RemoveRange o) {
            return o.table() == id && (keys == null || Ranges.overlap(keys.from(), keys.to(), o.from(), o.to()));
        } else if (op instanceof JournalOp.RegisterTable o) {
            return keys == null && o.table().name().equals(table);
        }
        return false; // Numbers of a sequence.
    }

    private boolean isWanted(byte[] key) {
        return keys == null || Ranges.contains(keys.from(), keys.to(), key);
    }

    /** What was asked, for people. */
    @Override
    public String toString() {
        return "from=" + from + (to == Long.MAX_VALUE ? "" : " to=" + to) + (begin == null ? "" : " begin=" + begin)
                + (end == null ? "" : " end=" + end) + " kinds=" + kinds + (table.isEmpty() ? "" : " table=" + table)
                + (keys == null ? "" : " keys=" + Arrays.toString(keys.from()) + ".." + Arrays.toString(keys.to()))
                + (limit == Long.MAX_VALUE ? "" : " limit=" + limit);
    }
}
