package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.JournalConsumer;
import java.io.IOException;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The consumer in the shape Ratis wants.
 *
 * <p>Entries are applied synchronously on Ratis' apply thread, so an applied index never runs ahead of its effect. What the consumer has on disk is
 * reported as the latest snapshot, which is where Ratis starts to replay. An apply that throws ends the engine: Ratis would otherwise close the
 * division without a word.
 */
final class JournalStateMachine extends BaseStateMachine {
    private static final Message NOTHING = new Reply(new byte[0]);

    private final JournalConsumer consumer;
    private final EngineLife life;
    private final DurableTerm durableTerm;
    private final LeaderWatch leaderWatch;
    private final ImageSource images;
    private final Consumer<RaftServer.Division> opened;

    /** Null for an empty state. Constant between start and reinitialize. */
    private volatile @Nullable SnapshotInfo durable;

    /** Apply thread only: the leader became ready with the entry being applied. */
    private boolean readyAfterThisEntry;

    /** Tells {@code opened} the division as soon as it exists, before the journal is open. */
    JournalStateMachine(
            JournalConsumer consumer,
            EngineLife life,
            DurableTerm durableTerm,
            LeaderWatch leaderWatch,
            ImageSource images,
            Consumer<RaftServer.Division> opened) {
        this.consumer = consumer;
        this.life = life;
        this.durableTerm = durableTerm;
        this.leaderWatch = leaderWatch;
        this.images = images;
        this.opened = opened;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        getLifeCycle().startAndTransition(this::load);
        opened.accept(server.getDivision(group));
    }

    @Override
    public void pause() {
        // The apply thread goes on with the entry in hand and then calls reinitialize: nothing else has to stop here.
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() {
        getLifeCycle().startAndTransition(this::load);
    }

    private void load() {
        LogPosition position = consumer.durablePosition();
        if (position.index() < 0) {
            durable = null;
            setLastAppliedTermIndex(TermIndex.INITIAL_VALUE);
        } else {
            DurableState state = DurableState.at(position);
            durable = state;
            setLastAppliedTermIndex(state.position());
        }
    }

    @Override
    @SuppressWarnings("NullAway") // Ratis takes null for none.
    public SnapshotInfo getLatestSnapshot() {
        return durable;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(request.getMessage())
                .build();
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getStateMachineContext() instanceof Submission submission) {
            submission.markAppended();
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = Objects.requireNonNull(transaction.getLogEntry(), "log entry");
        if (life.isOver()) {
            return CompletableFuture.completedFuture(
                    NOTHING); // Whoever waits for it is told that the outcome is unknown.
        }
        byte[] reply;
        try {
            reply = consumer.apply(
                    new LogPosition(entry.getTerm(), entry.getIndex()),
                    entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        } catch (RuntimeException | Error e) {
            life.fail("apply failed: index=" + entry.getIndex() + " term=" + entry.getTerm(), e);
            throw e;
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(new Reply(reply));
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (life.isOver()) {
            return;
        }
        try {
            consumer.skip(new LogPosition(term, index));
        } catch (RuntimeException | Error e) {
            life.fail("apply failed: index=" + index + " term=" + term, e);
            throw e;
        }
        updateLastAppliedTermIndex(term, index);
        if (readyAfterThisEntry) {
            readyAfterThisEntry = false;
            becomeReady(term);
        }
    }

    private void becomeReady(long term) {
        try {
            durableTerm.ensure(term); // A lone voter asks nobody for a vote; see OutgoingRaft for the others.
        } catch (IOException e) {
            life.fail("term could not be made durable: term=" + term, e);
            return;
        }
        consumer.leaderReady(term);
    }

    @Override
    public void notifyLeaderReady() {
        readyAfterThisEntry = true; // Ratis says so before it counts the entry as applied.
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
        leaderWatch.look();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        leaderWatch.look();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        life.fail(entry == null ? "journal failed" : "journal failed: index=" + entry.getIndex(), cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServers) {
        life.fail("member is not part of the group any more", null);
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstAvailable) {
        return images.fetch(new LogPosition(firstAvailable.getTerm(), firstAvailable.getIndex()))
                .thenApply(JournalStateMachine::toRatis);
    }

    @SuppressWarnings("NullAway") // Ratis takes null for none.
    private static TermIndex toRatis(@Nullable LogPosition position) {
        return position == null ? null : TermIndex.valueOf(position.term(), position.index());
    }

    @Override
    public long takeSnapshot() {
        consumer.flush();
        return RaftLog.INVALID_LOG_INDEX; // Any other answer makes Ratis purge.
    }

    /** Called by Ratis when the division closes, for whatever reason. */
    @Override
    public void close() {
        getLifeCycle().checkStateAndClose();
        life.fail("journal closed by itself", null);
    }
}
