package io.metastore.raft.internal.store;

import io.metastore.api.Batch;
import io.metastore.api.ByteRange;
import io.metastore.api.Check;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.TableDef;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Checks and changes in the application's types, written for the journal. */
final class Ops {

    private final Limits limits;
    private final ToIntFunction<TableDef<?, ?>> tableIds;

    Ops(Limits limits, ToIntFunction<TableDef<?, ?>> tableIds) {
        this.limits = limits;
        this.tableIds = tableIds;
    }

    JournalTransaction.Changes changes(Batch batch) {
        long operations = (long) batch.checks().size()
                + batch.then().size()
                + batch.otherwise().size();
        if (operations > limits.transactionOperationsMax()) {
            throw new LimitExceededException(
                    "batch operations",
                    operations,
                    limits.transactionOperationsMax(),
                    "limits.transactionOperationsMax");
        }
        List<JournalCheck> checks = new ArrayList<>(batch.checks().size());
        batch.checks().forEach(check -> checks.add(check(check)));
        return new JournalTransaction.Changes(-1, checks, ops(batch.then()), ops(batch.otherwise()));
    }

    private List<JournalOp> ops(List<Op> ops) {
        List<JournalOp> encoded = new ArrayList<>(ops.size());
        ops.forEach(op -> encoded.add(op(op)));
        return encoded;
    }

    private JournalCheck check(Check check) {
        if (check instanceof Check.Exists<?> exists) {
            return exists(exists);
        } else if (check instanceof Check.Absent<?> absent) {
            return absent(absent);
        } else if (check instanceof Check.HasVersion<?> version) {
            return version(version);
        }
        throw new AssertionError(check);
    }

    private JournalOp op(Op op) {
        if (op instanceof Op.Put<?, ?> put) {
            return put(put);
        } else if (op instanceof Op.Remove<?> remove) {
            return remove(remove);
        } else if (op instanceof Op.RemoveRange<?> range) {
            return removeRange(range);
        }
        throw new AssertionError(op);
    }

    private <K> JournalCheck exists(Check.Exists<K> check) {
        return new JournalCheck.Exists(id(check.table()), Encoding.key(check.table(), check.key(), limits));
    }

    private <K> JournalCheck absent(Check.Absent<K> check) {
        return new JournalCheck.Absent(id(check.table()), Encoding.key(check.table(), check.key(), limits));
    }

    private <K> JournalCheck version(Check.HasVersion<K> check) {
        return new JournalCheck.HasVersion(
                id(check.table()), Encoding.key(check.table(), check.key(), limits), check.version());
    }

    private <K, V> JournalOp put(Op.Put<K, V> op) {
        TableDef<K, V> table = op.table();
        return new JournalOp.Put(
                id(table),
                Encoding.key(table, op.key(), limits),
                table.version(),
                Encoding.value(table, op.value(), limits));
    }

    private <K> JournalOp remove(Op.Remove<K> op) {
        return new JournalOp.Remove(id(op.table()), Encoding.key(op.table(), op.key(), limits));
    }

    private <K> JournalOp removeRange(Op.RemoveRange<K> op) {
        TableDef<K, ?> table = op.table();
        Range<K> range = op.range();
        ByteRange bytes = Encoding.range(table, range);
        return new JournalOp.RemoveRange(
                id(table), bytes.from(), bytes.to(), range.limit(), range.isReversed(), limits.removeRangeEntriesMax());
    }

    private int id(TableDef<?, ?> table) {
        return tableIds.applyAsInt(table);
    }
}
