package io.metastore.raft;

import io.metastore.api.Batch;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.ReadMode;
import io.metastore.raft.internal.cluster.MemberCluster;
import io.metastore.raft.internal.store.RaftMetaStore;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.FeedCursor;
import io.metastore.snapshot.state.FeedRecord;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of an open store as bytes, and transactions on them: for recovery, which does not know the application's tables, and notes what it did in a table that
 * no application can take, in one transaction with what it did.
 *
 * <p>Reads look at what this member has applied and never block. Writes go the way of every write, within the store's deadline. Callable from any thread.
 */
public final class RawRecords {

    private final RaftMetaStore store;

    private RawRecords(RaftMetaStore store) {
        this.store = store;
    }

    /** Those of a store of this library. */
    public static RawRecords of(MetaStore store) {
        if (store instanceof RaftMetaStore raft) {
            return new RawRecords(raft);
        }
        throw new IllegalArgumentException(
                "not a store of this library: " + store.getClass().getName());
    }

    /**
     * Waits until this member has applied all that was committed before the call.
     *
     * @throws io.metastore.api.MetastoreException as a linearizable read would
     */
    public void catchUp() {
        store.read(ReadMode.linearizable(), snapshot -> true);
    }

    /** Number of the last revision that the epoch of a recovery took over; empty when that is not in the history, not applied here, or was not noted. */
    public OptionalLong tipRevision(UUID recovery) {
        return ((MemberCluster) store.node().cluster()).tipRevision(recovery);
    }

    /** The id of its cluster. */
    public UUID cluster() {
        return store.node().clusterId();
    }

    /** Name of the table that has a number; empty when none has. */
    public String tableName(int id) {
        return store.node().state().tables().stream()
                .filter(each -> each.id() == id)
                .map(TableRecord::name)
                .findFirst()
                .orElse("");
    }

    /** Null when none of this name is registered. */
    public @Nullable TableRecord table(String name) {
        return store.node().state().table(name);
    }

    /** Null when it is absent. */
    public @Nullable StoredRecord get(int table, byte[] key) {
        return store.node().state().get(table, key);
    }

    /** Whether a batch of a session is known to have been applied. */
    public boolean hasApplied(UUID session, long sequence) {
        try (StateView view = store.node().state().view()) {
            BatchOutcome outcome = view.outcome(session, sequence);
            return outcome != null && outcome.status() == BatchOutcome.Status.APPLIED;
        }
    }

    /**
     * Shows what was changed after a revision, oldest first.
     *
     * @return false when not all of it is kept any more; nothing was shown then
     */
    public boolean changesAfter(long revision, Consumer<FeedRecord> consumer) {
        try (StateView view = store.node().state().view()) {
            if (view.feedFloor() > revision) {
                return false;
            }
            try (FeedCursor feed = view.feed(revision)) {
                for (FeedRecord each = feed.next(); each != null; each = feed.next()) {
                    consumer.accept(each);
                }
            }
            return true;
        }
    }

    /** The application's changes as they go into the journal; registers their tables when they are not yet. */
    public List<JournalOp> encode(List<Op> ops) {
        return ((JournalTransaction.Changes) store.encode(Batch.of(ops))).then();
    }

    /**
     * Makes the changes if all checks hold, and waits until they are applied here.
     *
     * @return applied, a conflict, or failed
     * @throws io.metastore.api.MetastoreException as a write of the application's would
     */
    public TransactionResult write(List<JournalCheck> checks, List<JournalOp> ops) {
        return store.commit(new JournalTransaction.Changes(-1, checks, ops, List.of()));
    }
}
