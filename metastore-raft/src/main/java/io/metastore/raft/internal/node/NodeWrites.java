package io.metastore.raft.internal.node;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.StateView;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Transactions on their way: into the proposer's queue, to their result, and what became of those that got none. Callable from any thread. */
final class NodeWrites {

    private final NodeParts parts;
    private final NodeReads reads;
    private final Limits limits;
    private volatile @Nullable Node successor;

    NodeWrites(NodeParts parts, NodeReads reads, Limits limits) {
        this.parts = parts;
        this.reads = reads;
        this.limits = limits;
    }

    private String name() {
        return parts.members.self();
    }

    private void checkCanWrite() {
        reads.checkTakesPart();
        if (parts.condition.state() == StoreState.NO_QUORUM) {
            throw new UnavailableException(parts.condition.reason());
        }
    }

    /** Commits a transaction and waits for its result. */
    Written write(JournalTransaction transaction, Deadline deadline) {
        long started = System.nanoTime();
        PendingWrite write = counted(started, () -> enqueue(transaction, deadline));
        PendingWrite.Done done;
        try {
            done = write.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done = giveUp(write, "the calling thread was interrupted");
        }
        if (done == null) {
            done = giveUp(write, "no result within the deadline");
        }
        parts.meters.transaction(outcome(done), System.nanoTime() - started);
        return written(done);
    }

    /** Commits a transaction; the future completes on the callback thread. */
    CompletableFuture<Written> writeAsync(JournalTransaction transaction, Deadline deadline) {
        long started = System.nanoTime();
        CompletableFuture<Written> future = new CompletableFuture<>();
        PendingWrite write = counted(started, () -> enqueueAsync(transaction, deadline));
        write.whenDone(parts.workers.answering(parts.workers.asyncWrites()), done -> {
            parts.meters.transaction(outcome(done), System.nanoTime() - started);
            MetastoreException error = done.error();
            Lane.run(parts, "callback of an asynchronous call", () -> {
                if (error != null) {
                    return future.completeExceptionally(error);
                }
                return future.complete(written(done));
            });
        });
        return future;
    }

    /** What is refused before it is in the queue is counted too: that a store takes nothing is what somebody looks for first. */
    private PendingWrite counted(long started, Supplier<PendingWrite> enqueueing) {
        try {
            return enqueueing.get();
        } catch (MetastoreException e) {
            parts.meters.transaction(e.code(), System.nanoTime() - started);
            throw e;
        }
    }

    /** Holds a permit until the callback has run. */
    private PendingWrite enqueueAsync(JournalTransaction transaction, Deadline deadline) {
        parts.workers.asyncWrites().take(name());
        try {
            return enqueue(transaction, deadline);
        } catch (RuntimeException | Error e) {
            parts.workers.asyncWrites().release();
            throw e;
        }
    }

    private PendingWrite enqueue(JournalTransaction transaction, Deadline deadline) {
        checkCanWrite();
        int bytes = JournalCodec.encodedSize(transaction);
        if (bytes > limits.transactionBytesMax()) {
            throw new LimitExceededException(
                    "transaction in bytes", bytes, limits.transactionBytesMax(), "limits.transactionBytesMax");
        }
        return parts.proposer.enqueue(transaction, bytes, deadline);
    }

    private PendingWrite.Done giveUp(PendingWrite write, String why) {
        String facts = why + ": member=" + name() + " " + parts.condition.reason();
        boolean ended = write.failIf(PendingWrite.Stage.QUEUED, new DeadlineExceededException("not sent: " + facts))
                || write.failIf(PendingWrite.Stage.SENT, unknown(write, facts));
        PendingWrite.Done done = write.done();
        return done != null || ended
                ? required(done)
                : giveUp(write, why); // It moved between the two stages meanwhile.
    }

    /** The error of a write that was sent and got no answer in time. */
    OutcomeUnknownException unknown(PendingWrite write, String facts) {
        return new OutcomeUnknownException(
                "it is not known whether the write was committed: " + facts + "; resolve() on this exception tells",
                timeout -> resolve(write, Deadline.after(timeout)),
                null);
    }

    private OutcomeUnknownException.Resolution resolve(PendingWrite write, Deadline deadline) {
        Lane.checkMayBlock(parts, "resolve");
        PendingWrite.Sent sent = required(write.sent);
        Node next = successor;
        if (next != null) {
            return next.writes()
                    .resolveEarlier(sent, parts.directory.membership().epoch(), deadline);
        }
        reads.checkOpen();
        if (!sent.session().equals(parts.proposer.session())) {
            throw forgotten(sent);
        }
        Written written;
        try {
            reads.waiting(() -> parts.condition.state() != StoreState.NO_QUORUM, deadline);
            written = write(new JournalTransaction.Resolve(sent.sequence(), sent.place()), deadline);
        } catch (DeadlineExceededException | OutcomeUnknownException e) {
            throw new UnavailableException(
                    "the outcome could not be found within the timeout; ask again: " + e.getMessage(), e);
        }
        TransactionResult.Resolved resolved = (TransactionResult.Resolved) written.result();
        return switch (resolved.answer()) {
            case COMMITTED -> {
                // The epoch is that of the asking: a session, like its store, sees only one.
                Revision made = new Revision(written.epoch(), resolved.revision(), resolved.position());
                yield new OutcomeUnknownException.WasCommitted(made);
            }
            case NOT_COMMITTED ->
                new OutcomeUnknownException.WasNotCommitted(
                        "no batch of this sequence was applied, or the transaction met a conflict: sequence="
                                + sent.sequence());
            case FORGOTTEN -> throw forgotten(sent);
        };
    }

    /** Of a write to an epoch that has ended, or of a session that has: nothing of it can be committed any more that is not in the state already. */
    OutcomeUnknownException.Resolution resolveEarlier(PendingWrite.Sent sent, long epoch, Deadline deadline) {
        Node next = successor;
        if (next != null) {
            return next.writes().resolveEarlier(sent, epoch, deadline);
        }
        reads.confirm(deadline);
        TransactionResult.Resolved resolved;
        try (StateView view = parts.state.view()) {
            resolved = view.resolve(sent.session(), new JournalTransaction.Resolve(sent.sequence(), sent.place()));
        }
        return switch (resolved.answer()) {
            case COMMITTED ->
                new OutcomeUnknownException.WasCommitted(new Revision(epoch, resolved.revision(), resolved.position()));
            case NOT_COMMITTED ->
                new OutcomeUnknownException.WasNotCommitted(
                        "the epoch it was written in has ended, and what went on does not contain it: epoch=" + epoch
                                + " sequence=" + sent.sequence());
            case FORGOTTEN -> throw forgotten(sent);
        };
    }

    /** Another one has opened this member again, and goes on where this one ended. */
    void succeededBy(Node next) {
        successor = next;
    }

    private static OutcomeUnknownException forgotten(PendingWrite.Sent sent) {
        return new OutcomeUnknownException(
                "the history that would tell is gone: session=" + sent.session() + " sequence=" + sent.sequence()
                        + "; read the data to see whether it was written",
                null,
                null);
    }

    private Written written(PendingWrite.Done done) {
        TransactionResult result = done.result();
        BatchOutcome batch = done.batch();
        if (result != null && batch != null) {
            return new Written(result, batch, parts.epoch().of(batch.epoch()));
        }
        MetastoreException error = done.error();
        throw error == null ? new IllegalStateException("a write ended with nothing") : error;
    }

    private static String outcome(PendingWrite.Done done) {
        MetastoreException error = done.error();
        if (error != null) {
            return error.code();
        }
        TransactionResult result = done.result();
        if (result instanceof TransactionResult.Failed failed) {
            return switch (failed.code()) {
                case INCOMPATIBLE_TABLE, UNKNOWN_TABLE -> "INCOMPATIBLE_TABLE";
                case COMMAND_FAILED -> "COMMAND_FAILED";
                case RANGE_TOO_LARGE, RESULT_TOO_LARGE -> "LIMIT_EXCEEDED";
            };
        }
        return result instanceof TransactionResult.Conflict ? "CONFLICT" : "OK";
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("missing value");
        }
        return value;
    }
}
