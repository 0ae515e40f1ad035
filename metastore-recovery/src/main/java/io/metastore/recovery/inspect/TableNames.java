package io.metastore.recovery.inspect;

import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.JournalTransaction.CommandCall;
import io.metastore.snapshot.journal.TableRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which tables the numbers in a journal stand for: those of a state at one of its positions, and those that later entries register.
 *
 * <p>Numbers are given in the order of registration, so a journal that is there from its first entry on tells them by itself, up to the first command:
 * its handler may register tables, which the journal does not say. Rather no name than a wrong one. Used by one thread.
 */
final class TableNames {
    private static final int SESSIONS_MAX = 1_024;

    /** What a state says: its tables, and the index of the last entry in it; -1 without one. */
    record Base(List<TableRecord> tables, long index, String origin) {
        Base {
            tables = List.copyOf(tables);
        }
    }

    private final long known;
    private final TreeMap<Integer, InspectedTable> byId = new TreeMap<>();
    private final Map<String, InspectedTable> byName = new HashMap<>();
    /** Of all definitions seen: name of the table, version, codec of the values. */
    private final Map<String, Map<Integer, String>> valueCodecs = new HashMap<>();
    /** The last batch of each session: one that is there again is not applied again. */
    private final Map<UUID, Long> sessions = new LinkedHashMap<>();

    private long next;
    private boolean countable = true;

    TableNames(Base base) {
        this.known = base.index();
        this.next = -1;
        base.tables().forEach(this::put);
    }

    private void put(TableRecord record) {
        InspectedTable table = new InspectedTable(
                record.id(), record.name(), record.keyCodec(), record.valueCodec(), record.version());
        byId.put(table.id(), table);
        byName.put(table.name(), table);
        remember(record);
    }

    private void remember(TableRecord record) {
        valueCodecs
                .computeIfAbsent(record.name(), name -> new HashMap<>())
                .putIfAbsent(record.version(), record.valueCodec());
    }

    /** Whether batches up to this entry need not be shown to {@link #observe}. */
    boolean knows(long index) {
        return index <= known;
    }

    /** Notes that an entry is there, before {@link #observe}. */
    void pass(long index) {
        if (index > known && index > Math.max(next, known + 1)) {
            countable = false; // What is before it, a table perhaps, is not there any more.
        }
        next = index + 1;
    }

    /** Takes note of what a batch registers. */
    void observe(long index, JournalBatch batch) {
        Long last = sessions.get(batch.session());
        if (last != null && batch.sequence() <= last) {
            return;
        }
        sessions.remove(batch.session());
        sessions.put(batch.session(), batch.sequence());
        if (sessions.size() > SESSIONS_MAX) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        for (JournalTransaction transaction : batch.transactions()) {
            if (transaction instanceof CommandCall) {
                countable &= knows(index);
            } else if (transaction instanceof Changes changes) {
                changes.then().forEach(op -> observe(index, op, changes.checks().isEmpty()));
                changes.otherwise().forEach(op -> observe(index, op, false));
            }
        }
    }

    private void observe(long index, JournalOp op, boolean unconditional) {
        if (!(op instanceof JournalOp.RegisterTable registration)) {
            return;
        }
        TableRecord definition = registration.table();
        InspectedTable registered = byName.get(definition.name());
        if (registered == null) {
            countable &= unconditional;
            if (countable && !knows(index)) {
                put(new TableRecord(
                        byId.size() + 1,
                        definition.name(),
                        definition.keyCodec(),
                        definition.valueCodec(),
                        definition.version()));
            }
        } else if (registered.keyCodec().equals(definition.keyCodec())) {
            remember(definition);
            if (definition.version() > registered.version() && !knows(index)) {
                put(new TableRecord(
                        registered.id(),
                        definition.name(),
                        definition.keyCodec(),
                        definition.valueCodec(),
                        definition.version()));
            }
        }
    }

    InspectedTable table(int id) {
        InspectedTable table = byId.get(id);
        return table == null ? InspectedTable.unknown(id) : table;
    }

    /** Null when no such table is known. */
    @Nullable
    InspectedTable table(String name) {
        return byName.get(name);
    }

    List<InspectedTable> tables() {
        return new ArrayList<>(byId.values());
    }

    /** The codec that wrote values of a version; empty when it is not known. */
    String valueCodec(InspectedTable table, int version) {
        return valueCodecs.getOrDefault(table.name(), Map.of()).getOrDefault(version, "");
    }
}
