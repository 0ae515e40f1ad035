package io.metastore.raft.internal.store;

import io.metastore.api.Committed;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Revision;
import io.metastore.api.Transaction;
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
 * <p>What a body that writes has read is checked where it is committed, so it first runs on what this member has, without asking whether that
 * is current. One that writes nothing, or gives up, is checked nowhere: that counts only when the state it saw is confirmed like that of a
 * linearizable read, else it runs again on one that is. After a conflict it sees a state that contains the place of the conflict, which is
 * behind the call's beginning: a member that lags runs a body in vain once, then waits until it has caught up.
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
        node.checkServes();
        ClosureAttempts attempts = new ClosureAttempts(deadline, deadline.remainingNanos());
        if (repeat) {
            runInVain(body, deadline);
        }
        Run<R> run = runFirst(body, deadline);
        while (true) {
            JournalTransaction.Changes changes = run.changes();
            if (changes == null) {
                run.transaction().runAfterCommit();
                return new Committed<>(run.value(), run.revision());
            }
            Written written = write(changes, attempts, deadline);
            if (written.result() instanceof TransactionResult.Applied applied) {
                run.transaction().runAfterCommit();
                return new Committed<>(run.value(), written.revision(applied.revision()));
            }
            if (!(written.result() instanceof TransactionResult.Conflict)) {
                throw Results.failure(written.result());
            }
            node.meters().retried();
            backOff(attempts.conflicts());
            catchUp(written, attempts, deadline);
            run = runOnce(body, deadline);
        }
    }

    /** On what is here; once more when nothing checks what that made the body do, and it turns out to be old. */
    private <R extends @Nullable Object> Run<R> runFirst(Function<Transaction, R> body, Deadline deadline) {
        long seen = node.state().applied().index(); // At or before what the body sees.
        Run<R> run;
        try {
            run = runOnce(body, deadline);
        } catch (Throwable e) { // Whatever it gives up with is for the caller, once it is known to be no mistake.
            if (isCurrent(seen, e, deadline)) {
                throw e;
            }
            log.trace("transaction body gave up on a state that was old; what it does on a current one counts", e);
            return runOnce(body, deadline);
        }
        return run.changes() != null || node.confirm(deadline) <= seen ? run : runOnce(body, deadline);
    }

    private boolean isCurrent(long seen, Throwable gaveUpWith, Deadline deadline) {
        try {
            return node.confirm(deadline) <= seen;
        } catch (RuntimeException e) {
            e.addSuppressed(gaveUpWith);
            throw e;
        }
    }

    private Written write(JournalTransaction.Changes changes, ClosureAttempts attempts, Deadline deadline) {
        attempts.checkTimeLeft();
        long started = System.nanoTime();
        Written written;
        try {
            written = node.write(changes, deadline);
        } catch (DeadlineExceededException e) {
            throw attempts.conflicts() == 0 ? e : attempts.exhausted(e);
        }
        if (written.result() instanceof TransactionResult.Conflict) {
            attempts.conflict(System.nanoTime() - started);
        }
        return written;
    }

    private void catchUp(Written conflict, ClosureAttempts attempts, Deadline deadline) {
        attempts.checkTimeLeft();
        try {
            node.awaitIndex(conflict.batch().position().index(), deadline);
        } catch (DeadlineExceededException e) {
            throw attempts.exhausted(e);
        }
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
        } catch (RuntimeException | Error e) {
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
