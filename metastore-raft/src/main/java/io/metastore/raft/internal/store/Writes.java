package io.metastore.raft.internal.store;

import io.metastore.api.Batch;
import io.metastore.api.BatchRejectedException;
import io.metastore.api.BatchResult;
import io.metastore.api.CasResult;
import io.metastore.api.Check;
import io.metastore.api.CommandType;
import io.metastore.api.Committed;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.Removed;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.raft.internal.node.Written;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Every write as what goes into the journal and what its result means; the same for blocking and asynchronous callers. */
final class Writes {

    /** A transaction ready to be sent and how to read its result. */
    record Prepared<R>(JournalTransaction transaction, Function<Written, R> read) {}

    private final Ops ops;
    private final Limits limits;
    private final Supplier<Revision> current;

    /**
     * Writes with these limits.
     *
     * @param current the revision this member has applied
     * @param tableIds finds or registers a table
     */
    Writes(Limits limits, Supplier<Revision> current, ToIntFunction<TableDef<?, ?>> tableIds) {
        this.limits = limits;
        this.current = current;
        this.ops = new Ops(limits, tableIds);
    }

    <K, V> Prepared<Revision> put(TableDef<K, V> table, K key, V value) {
        return prepared(Batch.of(Op.put(table, key, value)), Writes::revision);
    }

    <K, V> Prepared<CasResult> putIfAbsent(TableDef<K, V> table, K key, V value) {
        return compareAndSet(Check.absent(table, key), Op.put(table, key, value));
    }

    <K, V> Prepared<CasResult> replace(TableDef<K, V> table, K key, long version, V value) {
        return compareAndSet(Check.version(table, key, version), Op.put(table, key, value));
    }

    <K> Prepared<CasResult> remove(TableDef<K, ?> table, K key, long version) {
        return compareAndSet(Check.version(table, key, version), Op.remove(table, key));
    }

    private Prepared<CasResult> compareAndSet(Check check, Op op) {
        return prepared(
                Batch.when(check).then(op),
                (written, applied) -> new CasResult.Applied(revision(written, applied)),
                conflict -> new CasResult.Conflict(conflict.currentVersion()));
    }

    <K> Prepared<Removed> remove(TableDef<K, ?> table, K key) {
        return prepared(Batch.of(Op.remove(table, key)), Writes::removed);
    }

    <K> Prepared<Removed> removeRange(TableDef<K, ?> table, Range<K> range) {
        return prepared(Batch.of(Op.removeRange(table, range)), Writes::removed);
    }

    Prepared<BatchResult> batch(Batch batch) {
        String failReason = batch.failReason();
        return prepared(
                batch,
                (written, applied) -> new BatchResult(revision(written, applied), applied.matched()),
                conflict -> {
                    if (failReason != null) {
                        throw new BatchRejectedException(
                                failReason,
                                conflict.check(),
                                String.valueOf(batch.checks().get(conflict.check())),
                                conflict.currentVersion());
                    }
                    return new BatchResult(current.get(), false);
                });
    }

    private <R> Prepared<R> prepared(Batch batch, BiFunction<Written, TransactionResult.Applied, R> whenApplied) {
        return prepared(batch, whenApplied, conflict -> {
            throw Results.failure(conflict);
        });
    }

    private <R> Prepared<R> prepared(
            Batch batch,
            BiFunction<Written, TransactionResult.Applied, R> whenApplied,
            Function<TransactionResult.Conflict, R> whenConflict) {
        return new Prepared<>(ops.changes(batch), written -> {
            TransactionResult result = written.result();
            if (result instanceof TransactionResult.Applied applied) {
                return whenApplied.apply(written, applied);
            } else if (result instanceof TransactionResult.Conflict conflict) {
                return whenConflict.apply(conflict);
            } else if (result instanceof TransactionResult.Failed failed
                    && failed.code() == TransactionResult.Code.RANGE_TOO_LARGE) {
                throw Results.rangeTooLarge(batch, limits);
            }
            throw Results.failure(result);
        });
    }

    <C, R> Prepared<Committed<R>> command(CommandType<C, R> type, C argument) {
        byte[] bytes = type.argumentCodec().encode(argument);
        if (bytes.length > limits.transactionBytesMax()) {
            throw new LimitExceededException(
                    "argument of command '" + type.name() + "'",
                    bytes.length,
                    limits.transactionBytesMax(),
                    "limits.transactionBytesMax");
        }
        return new Prepared<>(new JournalTransaction.CommandCall(type.name(), type.version(), bytes), written -> {
            if (written.result() instanceof TransactionResult.CommandDone done) {
                return new Committed<>(type.resultCodec().decode(done.result()), written.revision(done.revision()));
            } else if (written.result() instanceof TransactionResult.Failed failed
                    && failed.code() == TransactionResult.Code.RESULT_TOO_LARGE) {
                throw Results.resultTooLarge(type.name(), failed);
            }
            throw Results.failure(written.result());
        });
    }

    Prepared<Committed<Long>> ids(String sequence, int count) {
        JournalOp op = new JournalOp.NextIds(sequence, count);
        return new Prepared<>(new JournalTransaction.Changes(-1, List.of(), List.of(op), List.of()), written -> {
            if (written.result() instanceof TransactionResult.Applied applied) {
                return new Committed<>(applied.opResults()[0], revision(written, applied));
            }
            throw Results.failure(written.result());
        });
    }

    private static Revision revision(Written written, TransactionResult.Applied applied) {
        return written.revision(applied.revision());
    }

    private static Removed removed(Written written, TransactionResult.Applied applied) {
        return new Removed(revision(written, applied), applied.opResults()[0]);
    }
}
