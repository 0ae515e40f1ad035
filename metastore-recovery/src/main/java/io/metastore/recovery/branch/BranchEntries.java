package io.metastore.recovery.branch;

import io.metastore.api.CommandType;
import io.metastore.api.TableDef;
import io.metastore.recovery.inspect.InspectedEntry;
import java.util.List;
import java.util.function.Consumer;

/** Where the entries of a branch are. */
interface BranchEntries {

    /** Shows an entry, and whether its batch stands before it in the journal already. */
    @FunctionalInterface
    interface Visitor {
        void entry(InspectedEntry entry, boolean repeated);
    }

    /** Reads them in order, on this thread. */
    void read(Definitions definitions, Visitor visitor);

    /** Where that is, for people. */
    String place();

    /** What the application told of its tables and commands. */
    record Definitions(List<TableDef<?, ?>> tables, List<CommandType<?, ?>> commands) {
        static final Definitions NONE = new Definitions(List.of(), List.of());

        public Definitions {
            tables = List.copyOf(tables);
            commands = List.copyOf(commands);
        }
    }

    /** Without those that are there a second time. */
    default void each(Definitions definitions, Consumer<InspectedEntry> consumer) {
        read(definitions, (entry, repeated) -> consumer.accept(entry));
    }
}
