package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The registered tables. Immutable: a change makes a new registry, which readers get through one volatile field.
 *
 * <p>Numbers are given in order of registration from 1 and never change.
 */
final class TableRegistry {

    static final TableRegistry EMPTY = new TableRegistry(List.of());

    private final Map<String, TableRecord> byName = new HashMap<>();
    /** All tables by number; number 1 is at place 0. */
    private final List<TableRecord> byId;

    private TableRegistry(List<TableRecord> byId) {
        this.byId = byId;
        byId.forEach(table -> byName.put(table.name(), table));
    }

    static TableRegistry of(Collection<TableRecord> tables) {
        List<TableRecord> sorted = new ArrayList<>(tables);
        sorted.sort(Comparator.comparingInt(TableRecord::id));
        for (int i = 0; i < sorted.size(); i++) {
            if (sorted.get(i).id() != i + 1) {
                throw new IllegalStateException(
                        "table registry has a gap: expected=" + (i + 1) + " found=" + sorted.get(i));
            }
        }
        return new TableRegistry(List.copyOf(sorted));
    }

    @Nullable
    TableRecord table(String name) {
        return byName.get(name);
    }

    boolean has(int id) {
        return id >= 1 && id <= byId.size();
    }

    List<TableRecord> tables() {
        return byId;
    }

    /**
     * What is to be registered for a definition: the same record when there is nothing to change.
     *
     * <p>The key codec never changes, because it decides the order of what is stored. The value codec may change with a higher version, since
     * every value carries the version that wrote it. A lower version is refused: that build does not know what newer builds wrote.
     *
     * @throws Rejection the definition does not fit
     */
    TableRecord resolve(TableRecord definition) {
        TableRecord registered = byName.get(definition.name());
        if (registered == null) {
            return new TableRecord(
                    byId.size() + 1,
                    definition.name(),
                    definition.keyCodec(),
                    definition.valueCodec(),
                    definition.version());
        }
        if (!registered.keyCodec().equals(definition.keyCodec())) {
            throw incompatible("the key codec of a table never changes", registered, definition);
        }
        if (definition.version() < registered.version()) {
            throw incompatible("the version is lower than registered", registered, definition);
        }
        if (definition.version() == registered.version()) {
            if (!registered.valueCodec().equals(definition.valueCodec())) {
                throw incompatible("another value codec needs a higher version", registered, definition);
            }
            return registered;
        }
        return new TableRecord(
                registered.id(),
                registered.name(),
                registered.keyCodec(),
                definition.valueCodec(),
                definition.version());
    }

    /** The registry with one table added or replaced. */
    TableRegistry with(TableRecord table) {
        List<TableRecord> tables = new ArrayList<>(byId);
        if (has(table.id())) {
            tables.set(table.id() - 1, table);
        } else {
            tables.add(table);
        }
        return of(tables);
    }

    private static Rejection incompatible(String why, TableRecord registered, TableRecord defined) {
        return new Rejection(
                TransactionResult.Code.INCOMPATIBLE_TABLE,
                "table definition does not fit the registered one, " + why + ": table=" + registered.name()
                        + " registered=" + describe(registered) + " defined=" + describe(defined));
    }

    private static String describe(TableRecord table) {
        return "v" + table.version() + "(" + table.keyCodec() + " -> " + table.valueCodec() + ")";
    }
}
