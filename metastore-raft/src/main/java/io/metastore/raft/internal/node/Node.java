package io.metastore.raft.internal.node;

import io.metastore.api.Checkpoints;
import io.metastore.api.Cluster;
import io.metastore.api.CommandType;
import io.metastore.api.Health;
import io.metastore.api.Limits;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.api.Timeouts;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One open member: what the typed store above calls. Callable from any thread.
 *
 * <p>Writes go to the proposer, see {@link NodeWrites}, reads to the state after a barrier that fits their mode, see {@link NodeReads}. Everything below is put
 * together by {@link NodeOpener} and taken apart by {@link NodeParts}.
 */
public final class Node implements AutoCloseable {

    private final NodeParts parts;
    private final MetaState state;
    private final Limits limits;
    private final Timeouts timeouts;
    private final CommandRuntime commands;
    private final NodeReads reads;
    private final NodeWrites writes;

    Node(NodeParts parts, Limits limits, Timeouts timeouts, CommandRuntime commands) {
        this.parts = parts;
        this.state = parts.state;
        this.limits = limits;
        this.timeouts = timeouts;
        this.commands = commands;
        this.reads = new NodeReads(parts);
        this.writes = new NodeWrites(parts, reads, limits);
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
        reads.checkOpen();
    }

    /** Commits a transaction and waits for its result. */
    public Written write(JournalTransaction transaction, Deadline deadline) {
        return writes.write(transaction, deadline);
    }

    /** Commits a transaction; the future completes on the callback thread. */
    public CompletableFuture<Written> writeAsync(JournalTransaction transaction, Deadline deadline) {
        return writes.writeAsync(transaction, deadline);
    }

    NodeWrites writes() {
        return writes;
    }

    /** The error of a write that was sent and got no answer in time. */
    OutcomeUnknownException unknown(PendingWrite write, String facts) {
        return writes.unknown(write, facts);
    }

    /** This member has been opened again, and that one goes on where this one ended. */
    void succeededBy(Node next) {
        writes.succeededBy(next);
    }

    /** Ends this member's part in its epoch; local reads go on. To be repeated when it fails. */
    void suspend(String why) {
        parts.closing.suspend(why, write -> unknown(write, "member=" + name() + " " + why));
    }

    /** Ends what still reads, without disturbing it, after {@link #suspend}. */
    void retire() {
        parts.closing.retire();
    }

    /** Throws when nothing may be read from the state here, however old it may be. */
    public void checkServes() {
        reads.checkServes();
    }

    /**
     * Waits until the state here contains all that was acknowledged to anybody before this call.
     *
     * @return the index that contains it: a view at or behind this index, also an earlier one, is as good as a linearizable read
     */
    public long confirm(Deadline deadline) {
        return reads.confirm(deadline);
    }

    /** Waits until a read of this mode may be served from the state here. */
    public void beforeRead(ReadMode mode, Deadline deadline) {
        reads.beforeRead(mode, deadline);
    }

    /** Waits until the state here contains the index. */
    public void awaitIndex(long index, Deadline deadline) {
        reads.awaitIndex(index, deadline);
    }

    /** Waits until the state here contains the revision. */
    public void awaitRevision(Revision revision, Deadline deadline) {
        reads.awaitRevision(revision, deadline);
    }

    /** Waits until the condition holds; false when the deadline came first. */
    boolean waiting(BooleanSupplier reached, Deadline deadline) {
        return reads.waiting(reached, deadline);
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
}
