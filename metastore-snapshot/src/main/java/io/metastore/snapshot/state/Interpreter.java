package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.JournalTransaction.CommandCall;
import io.metastore.snapshot.journal.JournalTransaction.Resolve;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.journal.TransactionResult.Applied;
import io.metastore.snapshot.journal.TransactionResult.CommandDone;
import io.metastore.snapshot.journal.TransactionResult.Conflict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns the transactions of a batch into writes and results: a pure function of the state and the batch.
 *
 * <p>One object per batch, used by one thread. A transaction takes effect as a whole or, when it fails, not at all; what fails becomes a result.
 * The exceptions that come out end the member: an unknown command, a failed read of the state, and of the {@link Error}s in a command only those that
 * mean that the JVM is out of memory or broken; see {@link HandlerFailure}.
 */
final class Interpreter {

    private final Workspace work;
    private final CommandRuntime commands;
    private final long leaderTimeMillis;
    private final Function<Resolve, TransactionResult> sessions;

    /**
     * @param leaderTimeMillis as commands see it
     * @param sessions answers what became of earlier transactions
     */
    Interpreter(
            Workspace work,
            CommandRuntime commands,
            long leaderTimeMillis,
            Function<Resolve, TransactionResult> sessions) {
        this.work = work;
        this.commands = commands;
        this.leaderTimeMillis = leaderTimeMillis;
        this.sessions = sessions;
    }

    /** One result per transaction; the writes are in the workspace and with its listener. */
    List<TransactionResult> run(List<JournalTransaction> transactions) {
        List<TransactionResult> results = new ArrayList<>(transactions.size());
        for (JournalTransaction transaction : transactions) {
            results.add(run(transaction));
        }
        return results;
    }

    private TransactionResult run(JournalTransaction transaction) {
        work.begin();
        try {
            if (transaction instanceof Changes changes) {
                return run(changes);
            } else if (transaction instanceof CommandCall command) {
                return run(command);
            } else if (transaction instanceof Resolve resolve) {
                return sessions.apply(resolve);
            }
        } catch (Rejection e) {
            work.rollback();
            return e.result();
        }
        throw new AssertionError(transaction);
    }

    private TransactionResult run(Changes changes) {
        Conflict conflict = check(changes);
        if (conflict != null && changes.otherwise().isEmpty()) {
            return conflict;
        }
        List<JournalOp> ops = conflict == null ? changes.then() : changes.otherwise();
        long[] opResults = new long[ops.size()];
        for (int i = 0; i < opResults.length; i++) {
            opResults[i] = apply(ops.get(i));
        }
        boolean changed = work.commit("");
        return new Applied(work.revision(), changed, conflict == null, opResults);
    }

    /** The first check that does not hold. */
    private @Nullable Conflict check(Changes changes) {
        List<JournalCheck> checks = changes.checks();
        boolean nothingChanged = changes.readRevision() == work.revision();
        for (int i = 0; i < checks.size(); i++) {
            JournalCheck check = checks.get(i);
            if (check instanceof JournalCheck.RangeUnchanged range) {
                if (!nothingChanged && !holds(range)) {
                    return new Conflict(i, 0);
                }
                continue;
            }
            if (nothingChanged && check instanceof JournalCheck.KeyUnchanged) {
                continue;
            }
            long version = failing(check);
            if (version >= 0) {
                return new Conflict(i, version);
            }
        }
        return null;
    }

    private boolean holds(JournalCheck.RangeUnchanged check) {
        RangeDigest digest = new RangeDigest();
        try (RecordSource.RecordCursor cursor = work.scan(check.table(), check.from(), check.to(), false)) {
            for (StoredRecord next = cursor.nextHeader(); next != null; next = cursor.nextHeader()) {
                digest.add(next.key(), next.modRevision());
            }
        }
        return digest.value() == check.digest();
    }

    /** The current version of the check's key when it does not hold, else -1. */
    private long failing(JournalCheck check) {
        RecordHeader header;
        boolean holds;
        if (check instanceof JournalCheck.KeyUnchanged c) {
            header = work.header(c.table(), c.key());
            holds = (header == null ? 0 : header.modRevision()) == c.modRevision();
        } else if (check instanceof JournalCheck.Exists c) {
            header = work.header(c.table(), c.key());
            holds = header != null;
        } else if (check instanceof JournalCheck.Absent c) {
            header = work.header(c.table(), c.key());
            holds = header == null;
        } else if (check instanceof JournalCheck.HasVersion c) {
            header = work.header(c.table(), c.key());
            holds = header != null && header.version() == c.version();
        } else {
            throw new AssertionError(check);
        }
        return holds ? -1 : header == null ? 0 : header.version();
    }

    private long apply(JournalOp op) {
        if (op instanceof JournalOp.Put o) {
            return work.put(o.table(), o.key(), o.valueVersion(), o.value());
        } else if (op instanceof JournalOp.Remove o) {
            return work.remove(o.table(), o.key()) ? 1 : 0;
        } else if (op instanceof JournalOp.RemoveRange o) {
            return removeRange(o);
        } else if (op instanceof JournalOp.NextIds o) {
            return work.nextIds(o.sequence(), o.count());
        } else if (op instanceof JournalOp.RegisterTable o) {
            return work.register(o.table());
        } else if (op instanceof JournalOp.BeginEpoch o) {
            return work.beginEpoch(o.epoch());
        }
        throw new AssertionError(op);
    }

    private long removeRange(JournalOp.RemoveRange op) {
        List<byte[]> keys = new ArrayList<>();
        try (RecordSource.RecordCursor cursor = work.scan(op.table(), op.from(), op.to(), op.reversed())) {
            StoredRecord next = cursor.nextHeader();
            while (next != null && (op.limit() == 0 || keys.size() < op.limit())) {
                if (keys.size() == op.max()) {
                    throw new Rejection(
                            TransactionResult.Code.RANGE_TOO_LARGE,
                            "range removal would remove more than allowed: table=" + op.table() + " max=" + op.max()
                                    + "; remove in parts with a limit, or raise removeRangeEntriesMax");
                }
                keys.add(next.key());
                next = cursor.nextHeader();
            }
        }
        for (byte[] key : keys) {
            work.remove(op.table(), key);
        }
        return keys.size();
    }

    private TransactionResult run(CommandCall command) {
        if (!commands.knows(command.name(), command.version())) {
            throw new UnknownCommandInJournalException(command.name(), command.version());
        }
        byte[] result;
        try (CommandAccess access = new CommandAccess(work, leaderTimeMillis)) {
            result = commands.run(command.name(), command.version(), command.argument(), access);
        } catch (
                Throwable e) { // Other languages throw checked exceptions undeclared; nothing of the handler's may come
            // out of here.
            throw HandlerFailure.rejection(e);
        }
        if (result.length > CommandRuntime.RESULT_BYTES_MAX) {
            throw new Rejection(TransactionResult.Code.RESULT_TOO_LARGE, Integer.toString(result.length));
        }
        boolean changed = work.commit(command.name());
        return new CommandDone(work.revision(), changed, result);
    }
}
