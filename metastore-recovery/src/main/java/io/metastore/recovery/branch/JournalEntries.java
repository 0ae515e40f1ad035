package io.metastore.recovery.branch;

import io.metastore.api.CommandType;
import io.metastore.api.TableDef;
import io.metastore.recovery.inspect.EntryContent.Batch;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.recovery.inspect.JournalQuery;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The entries of a journal in a directory, from an index on. The whole journal is read: a batch may stand in it a second time.
 *
 * @param from index of the first
 * @param named another journal that knows the tables; empty when it does itself
 */
record JournalEntries(JournalPlace journal, long from, Optional<JournalPlace> named) implements BranchEntries {

    /** Of a journal that knows its tables. */
    JournalEntries(JournalPlace journal, long from) {
        this(journal, from, Optional.empty());
    }

    @Override
    public void read(Definitions definitions, Visitor visitor) {
        read(definitions, visitor, () -> {});
    }

    /** The same, of which somebody hears with each entry of the journal, and may end it by what he throws. */
    void read(Definitions definitions, Visitor visitor, Runnable each) {
        Map<UUID, Long> sessions = new HashMap<>();
        try (JournalInspector inspector = open().with(definitions.tables().toArray(TableDef<?, ?>[]::new))
                .withCommands(definitions.commands().toArray(CommandType<?, ?>[]::new))) {
            inspector.read(JournalQuery.all(), entry -> {
                each.run();
                boolean repeated = isRepeated(entry, sessions);
                if (entry.position().index() >= from) {
                    visitor.entry(entry, repeated);
                }
            });
        }
    }

    private JournalInspector open() {
        JournalInspector inspector = JournalInspector.open(journal);
        if (named.isEmpty()) {
            return inspector;
        }
        try (JournalInspector other = JournalInspector.open(named.get())) {
            return inspector.withTablesOf(other);
        }
    }

    private static boolean isRepeated(InspectedEntry entry, Map<UUID, Long> sessions) {
        if (!(entry.content() instanceof Batch batch)) {
            return false;
        }
        Long last = sessions.get(batch.session());
        if (last != null && batch.sequence() <= last) {
            return true;
        }
        sessions.put(batch.session(), batch.sequence());
        return false;
    }

    @Override
    public String place() {
        return journal.directory().toString();
    }
}
