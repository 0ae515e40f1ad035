package io.metastore.raft.internal.store;

import io.metastore.api.Limits;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.api.Transaction;
import io.metastore.api.TransactionAbortedException;
import io.metastore.api.TransactionTable;
import io.metastore.snapshot.journal.JournalTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** One run of a transaction body. */
final class ClosureTransaction implements Transaction {

    private final ClosureRecords records;
    private final Revision revision;
    private final Limits limits;
    private final ToIntFunction<TableDef<?, ?>> tableIds;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private boolean over;

    ClosureTransaction(
            ClosureRecords records, Revision revision, Limits limits, ToIntFunction<TableDef<?, ?>> tableIds) {
        this.records = records;
        this.revision = revision;
        this.limits = limits;
        this.tableIds = tableIds;
    }

    @Override
    public <K, V> TransactionTable<K, V> in(TableDef<K, V> table) {
        check();
        return new TypedTable<>(new Guarded(), tableIds.applyAsInt(table), table, limits, revision);
    }

    @Override
    public Revision revision() {
        return revision;
    }

    @Override
    public TransactionAbortedException abort(String reason) {
        return new TransactionAbortedException(reason);
    }

    @Override
    public void afterCommit(Runnable action) {
        check();
        afterCommit.add(action);
    }

    void end() {
        over = true;
    }

    void runAfterCommit() {
        afterCommit.forEach(Runnable::run);
    }

    boolean hasWrites() {
        return records.hasWrites();
    }

    JournalTransaction.Changes changes() {
        return new JournalTransaction.Changes(revision.number(), records.checks(), records.ops(), List.of());
    }

    private void check() {
        if (over) {
            throw new IllegalStateException("a transaction was used after its body had returned");
        }
    }

    /** Passes on while the body runs. */
    private final class Guarded implements io.metastore.snapshot.state.WritableRecords {

        @Override
        public io.metastore.snapshot.state.@org.jspecify.annotations.Nullable StoredRecord get(int table, byte[] key) {
            check();
            return records.get(table, key);
        }

        @Override
        public io.metastore.snapshot.state.@org.jspecify.annotations.Nullable StoredRecord getHeader(
                int table, byte[] key) {
            check();
            return records.getHeader(table, key);
        }

        @Override
        public RecordCursor scan(
                int table, byte[] from, byte @org.jspecify.annotations.Nullable [] to, boolean reversed) {
            check();
            return records.scan(table, from, to, reversed);
        }

        @Override
        public void put(int table, byte[] key, int valueVersion, byte[] value) {
            check();
            records.put(table, key, valueVersion, value);
        }

        @Override
        public boolean remove(int table, byte[] key) {
            check();
            return records.remove(table, key);
        }
    }
}
