package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.RecordSource.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where two states of one position differ. Reads both side by side, in the order of tables and keys, and stops at the first difference; memory use does not
 * depend on their size.
 */
public final class StateDifference {

    private static final int KEY_BYTES_SHOWN = 64;

    private static final HexFormat HEX = HexFormat.of();

    private final StateView one;
    private final StateView other;
    private final LongConsumer read;

    private StateDifference(StateView one, StateView other, LongConsumer read) {
        this.one = one;
        this.other = other;
        this.read = read;
    }

    /**
     * The first difference.
     *
     * @param text for people: table, key, and both records
     * @param revision that last wrote the key, in the state that has it later; -1 when the tables differ already
     */
    public record Found(String text, long revision) {}

    /**
     * Describes the first difference; null when records and tables are equal.
     *
     * @param read hears how many records were read since it was last called
     */
    public static @Nullable Found first(StateView one, StateView other, LongConsumer read) {
        return new StateDifference(one, other, read).first();
    }

    private @Nullable Found first() {
        Map<Integer, TableRecord> here = byNumber(one.tables());
        Map<Integer, TableRecord> there = byNumber(other.tables());
        if (!here.equals(there)) {
            return new Found("tables differ: one=" + here.values() + " other=" + there.values(), -1);
        }
        for (TableRecord table : here.values()) {
            Found difference = in(table);
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private static Map<Integer, TableRecord> byNumber(List<TableRecord> tables) {
        Map<Integer, TableRecord> sorted = new TreeMap<>();
        tables.forEach(table -> sorted.put(table.id(), table));
        return sorted;
    }

    private @Nullable Found in(TableRecord table) {
        byte[] first = {};
        try (RecordCursor here = one.scan(table.id(), first, null, false);
                RecordCursor there = other.scan(table.id(), first, null, false)) {
            StoredRecord mine = here.next();
            StoredRecord theirs = there.next();
            while (mine != null && theirs != null && equal(mine, theirs)) {
                read.accept(1);
                mine = here.next();
                theirs = there.next();
            }
            return mine == null && theirs == null ? null : describe(table, mine, theirs);
        }
    }

    private static boolean equal(StoredRecord mine, StoredRecord theirs) {
        return Arrays.equals(mine.key(), theirs.key())
                && mine.version() == theirs.version()
                && mine.createRevision() == theirs.createRevision()
                && mine.modRevision() == theirs.modRevision()
                && mine.valueVersion() == theirs.valueVersion()
                && Arrays.equals(mine.value(), theirs.value());
    }

    private static Found describe(TableRecord table, @Nullable StoredRecord mine, @Nullable StoredRecord theirs) {
        int order = mine == null ? 1 : theirs == null ? -1 : Arrays.compareUnsigned(mine.key(), theirs.key());
        StoredRecord lower = Objects.requireNonNull(order <= 0 ? mine : theirs);
        StoredRecord one = order <= 0 ? mine : null;
        StoredRecord other = order >= 0 ? theirs : null;
        return new Found(
                "table=" + table.name() + " key=" + key(lower.key()) + " one=" + record(one) + " other="
                        + record(other),
                Math.max(one == null ? -1 : one.modRevision(), other == null ? -1 : other.modRevision()));
    }

    private static String record(@Nullable StoredRecord found) {
        return found == null
                ? "absent"
                : "(version=" + found.version() + " modRevision=" + found.modRevision() + " bytes="
                        + found.value().length + ")";
    }

    private static String key(byte[] key) {
        byte[] shown = key.length <= KEY_BYTES_SHOWN ? key : Arrays.copyOf(key, KEY_BYTES_SHOWN);
        String text = isPrintable(shown)
                ? "'" + new String(shown, StandardCharsets.US_ASCII) + "'"
                : "0x" + HEX.formatHex(shown);
        return shown.length < key.length ? text + ".. (" + key.length + " bytes)" : text;
    }

    private static boolean isPrintable(byte[] bytes) {
        for (byte each : bytes) {
            if (each < 0x20 || each > 0x7e) {
                return false;
            }
        }
        return true;
    }
}
