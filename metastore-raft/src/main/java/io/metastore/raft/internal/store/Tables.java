package io.metastore.raft.internal.store;

import io.metastore.api.Batch;
import io.metastore.api.IncompatibleTableException;
import io.metastore.api.TableDef;
import io.metastore.raft.internal.node.CurrentNode;
import io.metastore.raft.internal.node.Deadline;
import io.metastore.raft.internal.node.Node;
import io.metastore.raft.internal.node.Written;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the number of a table; registers the table in the cluster when this build is the first to use it, or with a newer version.
 *
 * <p>Keeps nothing: every use is checked against the registry of this member, so that a definition that has become too old is refused from then on,
 * and definitions made for each call cost no memory.
 */
final class Tables {

    private final CurrentNode current;

    Tables(CurrentNode current) {
        this.current = current;
    }

    /** The table's number; a write when it has to be registered. */
    int id(TableDef<?, ?> table, Deadline deadline) {
        Integer id = idIfCurrent(table);
        return id != null ? id : register(table, deadline);
    }

    /** Waits until this member knows it too, so that the next use finds it. */
    private int register(TableDef<?, ?> table, Deadline deadline) {
        JournalOp op = new JournalOp.RegisterTable(CommandHandlers.definition(table));
        Node node = current.get();
        Written written = node.write(new JournalTransaction.Changes(-1, List.of(), List.of(op), List.of()), deadline);
        if (written.result() instanceof TransactionResult.Applied applied) {
            node.awaitIndex(written.batch().position().index(), deadline);
            return Math.toIntExact(applied.opResults()[0]);
        }
        throw Results.failure(written.result());
    }

    /** Whether {@link #id} would answer without waiting. */
    boolean isKnown(TableDef<?, ?> table) {
        return idIfCurrent(table) != null;
    }

    boolean allKnown(Batch batch) {
        return batch.checks().stream().allMatch(check -> isKnown(check.table()))
                && batch.then().stream().allMatch(op -> isKnown(op.table()))
                && batch.otherwise().stream().allMatch(op -> isKnown(op.table()));
    }

    /** The number when the table is registered in the definition's version; null when that has yet to be done. */
    private @Nullable Integer idIfCurrent(TableDef<?, ?> table) {
        TableRecord registered = current.get().state().table(table.name());
        if (registered == null || registered.version() < table.version()) {
            return null;
        }
        checkCompatible(registered, table);
        return registered.id();
    }

    /** The number when the table is registered already, in this or an older version, without asking anybody; null otherwise. */
    @Nullable
    Integer idIfRegistered(TableDef<?, ?> table) {
        return idIfRegistered(current.get(), table);
    }

    static @Nullable Integer idIfRegistered(Node node, TableDef<?, ?> table) {
        TableRecord registered = node.state().table(table.name());
        if (registered == null) {
            return null;
        }
        checkCompatible(registered, table);
        return registered.id();
    }

    /** Throws when values of the definition cannot be read and written beside those of the registered table. */
    static void checkCompatible(TableRecord registered, TableDef<?, ?> table) {
        boolean sameKeys = registered.keyCodec().equals(table.keyCodec().id());
        boolean sameValues = registered.valueCodec().equals(table.valueCodec().id());
        boolean older = table.version() < registered.version();
        boolean sameVersion = table.version() == registered.version();
        if (!sameKeys || older || (sameVersion && !sameValues)) {
            throw new IncompatibleTableException(
                    "table definition does not agree with the registered one: defined=" + table
                            + " registered=" + registered.name() + " v" + registered.version() + " ("
                            + registered.keyCodec() + " -> "
                            + registered.valueCodec()
                            + "); keep the key codec, and raise TableDef.version when the value codec changes");
        }
    }
}
