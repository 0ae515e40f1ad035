package io.metastore.raft.internal.node;

import io.metastore.api.Checkpoints;
import io.metastore.api.Cluster;
import io.metastore.api.CommandType;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.Health;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.StateView;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One open member: what the typed store above calls. Callable from any thread.
 *
 * <p>Writes go to the proposer, reads to the state after a barrier that fits their mode. Everything below is put together by {@link NodeOpener} and
 * taken apart by {@link NodeParts}.
 */
public final class Node implements AutoCloseable {

    private final NodeParts parts;
    private final MetaState state;
    private final Limits limits;
    private final Timeouts timeouts;
    private final CommandRuntime commands;
    private volatile @Nullable Node successor;

    Node(NodeParts parts, Limits limits, Timeouts timeouts, CommandRuntime commands) {
        this.parts = parts;
        this.state = parts.state;
        this.limits = limits;
        this.timeouts = timeouts;
        this.commands = commands;
    }

    public MetaState state() {
        return state;
    }

    NodeParts parts() {
        return parts;
    }

    /** The revision this member has applied, of the epoch it works in. */
    public Revision revision() {
        return parts.epoch().of(state.current().revision());
    }

    /** Runs the action where this store must not be waited for. */
    public <T extends @Nullable Object> T inLane(String name, Supplier<T> action) {
        return Lane.run(parts, name, action);
    }

    /** Throws where this store must not be waited for. */
    public void checkMayBlock(String call) {
        Lane.checkMayBlock(parts, call);
    }

    public Limits limits() {
        return limits;
    }

    public Timeouts timeouts() {
        return timeouts;
    }

    public Meters meters() {
        return parts.meters;
    }

    public String name() {
        return parts.members.self();
    }

    public UUID clusterId() {
        return parts.directory.identity().clusterId();
    }

    public boolean knows(CommandType<?, ?> type) {
        return commands.knows(type.name(), type.version());
    }

    /** What every blocking call does first: throws where this store must not be waited for, or when it is closed. */
    public void enter(String call) {
        checkMayBlock(call);
        checkOpen();
    }

    /** Throws when the store is closed. A member that has stopped for good is open: local reads go on. */
    public void checkOpen() {
        if (parts.condition.isClosed()) {
            throw new StoreClosedException("store is closed: member=" + name());
        }
    }

    /** Throws also when this member has stopped for good. */
    private void checkTakesPart() {
        checkOpen();
        if (parts.condition.state() == StoreState.RECOVERING) {
            throw new UnavailableException(parts.condition.reason());
        }
        if (parts.condition.hasStopped()) {
            throw new StoreFailedException(parts.condition.reason());
        }
    }

    private void checkCanWrite() {
        checkTakesPart();
        if (parts.condition.state() == StoreState.NO_QUORUM) {
            throw new UnavailableException(parts.condition.reason());
        }
    }

    /** Commits a transaction and waits for its result. */
    public Written write(JournalTransaction transaction, Deadline deadline) {
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
    public CompletableFuture<Written> writeAsync(JournalTransaction transaction, Deadline deadline) {
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
        checkMayBlock("resolve");
        PendingWrite.Sent sent = required(write.sent);
        Node next = successor;
        if (next != null) {
            return next.resolveEarlier(sent, parts.directory.membership().epoch(), deadline);
        }
        checkOpen();
        if (!sent.session().equals(parts.proposer.session())) {
            throw forgotten(sent);
        }
        Written written;
        try {
            waiting(() -> parts.condition.state() != StoreState.NO_QUORUM, deadline);
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
    private OutcomeUnknownException.Resolution resolveEarlier(PendingWrite.Sent sent, long epoch, Deadline deadline) {
        Node next = successor;
        if (next != null) {
            return next.resolveEarlier(sent, epoch, deadline);
        }
        confirm(deadline);
        TransactionResult.Resolved resolved;
        try (StateView view = state.view()) {
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

    /** This member has been opened again, and that one goes on where this one ended. */
    void succeededBy(Node next) {
        successor = next;
    }

    /** Ends this member's part in its epoch; local reads go on. To be repeated when it fails. */
    void suspend(String why) {
        parts.closing.suspend(why, write -> unknown(write, "member=" + name() + " " + why));
    }

    /** Ends what still reads, without disturbing it, after {@link #suspend}. */
    void retire() {
        parts.closing.retire();
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

    /** Throws when nothing may be read from the state here, however old it may be. */
    public void checkServes() {
        checkOpen();
        if (parts.condition.isWrong()) {
            throw new StoreFailedException(parts.condition.reason());
        }
    }

    /**
     * Waits until the state here contains all that was acknowledged to anybody before this call.
     *
     * @return the index that contains it: a view at or behind this index, also an earlier one, is as good as a linearizable read
     */
    public long confirm(Deadline deadline) {
        checkServes();
        long index = linearize(deadline);
        parts.meters.read("linearizable");
        return index;
    }

    /** Waits until a read of this mode may be served from the state here. */
    public void beforeRead(ReadMode mode, Deadline deadline) {
        checkServes();
        if (mode instanceof ReadMode.Linearizable) {
            confirm(deadline);
        } else if (mode instanceof ReadMode.Local) {
            parts.meters.read("local");
        } else if (mode instanceof ReadMode.AtLeast atLeast) {
            awaitRevision(atLeast.revision(), deadline);
            parts.meters.read("at_least");
        } else if (mode instanceof ReadMode.MaxLag maxLag) {
            if (!isFresh(maxLag.lag())) {
                linearize(deadline);
            }
            parts.meters.read("max_lag");
        } else {
            throw new AssertionError(mode);
        }
    }

    private boolean isFresh(Duration lag) {
        ReadBarrier.Confirmed last = parts.readIndexes.barrier().last();
        return last != null
                && Duration.ofNanos(System.nanoTime() - last.startedNanos()).compareTo(lag) <= 0
                && state.current().position().index() >= last.index();
    }

    /** Tries again while there may be a leader soon: an election in between is not the reader's business. */
    private long linearize(Deadline deadline) {
        while (true) {
            checkTakesPart();
            try {
                long index = parts.readIndexes.barrier().await(deadline);
                awaitIndex(index, deadline);
                return index;
            } catch (InterruptedException e) {
                throw interrupted();
            } catch (UnavailableException e) {
                if (deadline.passed() || hopeless()) {
                    throw e;
                }
                waiting(() -> false, new Deadline(Math.min(deadline.nanos(), System.nanoTime() + 20_000_000)));
            }
        }
    }

    private boolean hopeless() {
        StoreState now = parts.condition.state();
        return now != StoreState.SERVING
                && now != StoreState.STARTING
                && now != StoreState.FORMING
                && now != StoreState.JOINING;
    }

    /** Waits until the state here contains the index. */
    public void awaitIndex(long index, Deadline deadline) {
        if (!waiting(() -> state.current().position().index() >= index, deadline)) {
            throw new DeadlineExceededException(
                    "this member has not applied the index within the deadline: member=" + name()
                            + " index=" + index + " applied="
                            + state.current().position().index() + "; "
                            + parts.condition.reason());
        }
    }

    /** Waits until the state here contains the revision. */
    public void awaitRevision(Revision revision, Deadline deadline) {
        if (state.current().revision().number() < revision.number()) {
            hurry();
        }
        if (!waiting(() -> state.current().revision().number() >= revision.number(), deadline)) {
            throw new DeadlineExceededException(
                    "this member has not reached the revision within the deadline: member=" + name() + " revision="
                            + revision + " applied=" + state.current().revision() + "; " + parts.condition.reason());
        }
    }

    /** A follower that is behind asks the leader, which tells it the commit index at once instead of with its next message. */
    @SuppressWarnings("FutureReturnValueIgnored") // The answer is not needed, only that it was asked for.
    private void hurry() {
        if (!parts.members.leads()) {
            parts.readIndexes.barrier().join();
        }
    }

    /** Waits until the condition holds; false when the deadline came first. */
    boolean waiting(BooleanSupplier reached, Deadline deadline) {
        try {
            boolean[] stopped = {false};
            boolean met = parts.gate.await(
                    () -> {
                        boolean there = reached.getAsBoolean();
                        stopped[0] = parts.condition.isClosed() || (!there && parts.condition.hasStopped());
                        return stopped[0] || there;
                    },
                    deadline);
            if (stopped[0]) {
                checkTakesPart();
            }
            return met;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private DeadlineExceededException interrupted() {
        Thread.currentThread().interrupt();
        return new DeadlineExceededException("the calling thread was interrupted while it waited: member=" + name());
    }

    /** Runs a call that may wait on one of the node's workers. */
    public <R extends @Nullable Object> CompletableFuture<R> onWorker(Supplier<R> call) {
        checkOpen();
        return parts.workers.onWorker(call);
    }

    public Cluster cluster() {
        return parts.cluster();
    }

    public Checkpoints checkpoints() {
        return parts.images().checkpoints();
    }

    public StoreStatus status() {
        checkOpen();
        return parts.reporter.status();
    }

    /** What this member can do, without asking others. */
    public StoreState storeState() {
        return parts.condition.state();
    }

    public Health health() {
        return parts.reporter.health().health();
    }

    /** Whether this member leads and is ready, as far as it knows. */
    public boolean leads() {
        return parts.members.leads();
    }

    /** The term of this member; -1 before it takes part. */
    public long term() {
        Engine engine = parts.members.engine();
        return engine == null ? -1 : engine.currentTerm();
    }

    /** Runs once when this node is closed, before anything else. */
    public void onClose(Runnable action) {
        parts.onClose(action);
    }

    @Override
    public void close() {
        parts.closing.close(true);
    }

    /** Stops as if the process had died: no handing over, nothing flushed. For tests. */
    public void abandon() {
        parts.closing.close(false);
    }

    /** After {@link #abandon} or {@link #close}: waits until nothing of it is left, also longer than a user waits for closing. */
    public boolean awaitGone(Duration patience) {
        return parts.closing.awaitClosed(Deadline.after(patience));
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("missing value");
        }
        return value;
    }
}
