package io.metastore.raft.internal.store;

import io.metastore.api.Committed;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.LimitExceededException;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Transaction;
import io.metastore.api.TransactionConflictException;
import io.metastore.raft.internal.node.Deadline;
import io.metastore.raft.internal.node.Node;
import io.metastore.raft.internal.node.Written;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.StateView;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a transaction body until nothing it read has changed when it is applied.
 *
 * <p>The state a body first sees is confirmed like that of a linearizable read, so that what it decides without writing, giving up included,
 * is as good as a committed transaction. After a conflict it sees a state that contains the place of the conflict.
 */
final class ClosureRunner {

    private static final Logger log = LoggerFactory.getLogger(ClosureRunner.class);

    private final Node node;
    private final Tables tables;
    private final boolean repeat;

    /** @param repeat whether a body runs in vain first, so that its side effects show; for tests */
    ClosureRunner(Node node, Tables tables, boolean repeat) {
        this.node = node;
        this.tables = tables;
        this.repeat = repeat;
    }

    private record Run<R extends @Nullable Object>(
            R value, Revision revision, ClosureTransaction transaction, JournalTransaction.@Nullable Changes changes) {}

    <R extends @Nullable Object> Committed<R> run(Function<Transaction, R> body, Deadline deadline) {
        node.beforeRead(ReadMode.linearizable(), deadline);
        if (repeat) {
            runInVain(body, deadline);
        }
        for (int attempt = 1; ; attempt++) {
            Run<R> run = runOnce(body, deadline);
            JournalTransaction.Changes changes = run.changes();
            if (changes == null) {
                run.transaction().runAfterCommit();
                return new Committed<>(run.value(), run.revision());
            }
            Written written = write(changes, attempt, deadline);
            if (written.result() instanceof TransactionResult.Applied applied) {
                run.transaction().runAfterCommit();
                return new Committed<>(run.value(), written.revision(applied.revision()));
            }
            if (!(written.result() instanceof TransactionResult.Conflict)) {
                throw Results.failure(written.result());
            }
            node.meters().retried();
            backOff(attempt);
            catchUp(written, attempt, deadline);
        }
    }

    private Written write(JournalTransaction.Changes changes, int attempt, Deadline deadline) {
        if (attempt > 1 && deadline.passed()) {
            throw conflict(attempt - 1, null);
        }
        try {
            return node.write(changes, deadline);
        } catch (DeadlineExceededException e) {
            throw attempt > 1 ? conflict(attempt - 1, e) : e;
        }
    }

    private void catchUp(Written conflict, int attempt, Deadline deadline) {
        if (deadline.passed()) {
            throw conflict(attempt, null);
        }
        try {
            node.awaitIndex(conflict.batch().position().index(), deadline);
        } catch (DeadlineExceededException e) {
            throw conflict(attempt, e);
        }
    }

    /** An interrupt ends the wait in the same way, and stays what it is. */
    private static MetastoreException conflict(int attempts, @Nullable DeadlineExceededException cause) {
        if (cause != null && Thread.currentThread().isInterrupted()) {
            return cause;
        }
        return new TransactionConflictException(
                "transaction met a conflict each time until its deadline: attempts=" + attempts
                        + "; look for a key that everybody writes, or use a Batch or a command",
                cause);
    }

    private <R extends @Nullable Object> Run<R> runOnce(Function<Transaction, R> body, Deadline deadline) {
        try (StateView view = node.state().view()) {
            ClosureRecords records = new ClosureRecords(view);
            Revision revision = view.at().revision();
            ClosureTransaction transaction =
                    new ClosureTransaction(records, revision, node.limits(), table -> tables.id(table, deadline));
            try {
                R value = node.inLane("transaction body", () -> body.apply(transaction));
                JournalTransaction.Changes changes = transaction.hasWrites() ? transaction.changes() : null;
                check(changes);
                return new Run<>(value, revision, transaction, changes);
            } finally {
                transaction.end();
            }
        }
    }

    private <R extends @Nullable Object> void runInVain(Function<Transaction, R> body, Deadline deadline) {
        try {
            Run<R> discarded = runOnce(body, deadline);
            log.trace("transaction body was run in vain: revision={}", discarded.revision());
        } catch (RuntimeException e) {
            log.trace("transaction body failed when it was run in vain; what it does in earnest counts", e);
        }
    }

    private void check(JournalTransaction.@Nullable Changes changes) {
        int max = node.limits().transactionOperationsMax();
        int operations =
                changes == null ? 0 : changes.checks().size() + changes.then().size();
        if (operations > max) {
            throw new LimitExceededException(
                    "transaction operations (reads and writes)", operations, max, "limits.transactionOperationsMax");
        }
    }

    /** The first conflicts are retried at once; then callers spread out so that one of them gets through. */
    private static void backOff(int attempt) {
        if (attempt > 2) {
            long maxMicros = Math.min(20_000, 100L << Math.min(attempt, 8));
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(maxMicros * 1000));
        }
    }
}
