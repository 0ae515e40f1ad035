package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.JournalConsumer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
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
 * reported as the latest snapshot, which is where Ratis starts to replay. A state from an image comes in between two entries. An apply that throws ends
 * the engine: Ratis would otherwise close the division without a word.
 */
final class JournalStateMachine extends BaseStateMachine {
    private static final Message NOTHING = new Reply(new byte[0]);

    private final JournalConsumer consumer;
    private final EngineLife life;
    private final TermAndVote termAndVote;
    private final LeaderWatch leaderWatch;
    private final ImageInstall images;
    private final Belonging belonging;
    private final Consumer<RaftServer.Division> opened;

    /** A configuration that came with a leader's notice of an image, until the image is there; null for none. */
    private volatile @Nullable GroupConfiguration noticed;

    /**
     * Null for an empty state. What was on disk at start or at the last purge, so never behind the journal's beginning; from the moment the journal is cut
     * to an image, the image: an empty journal's last entry is looked up here when somebody asks for a vote.
     */
    private volatile @Nullable DurableState durable;

    /** Null before initialize. */
    private volatile RaftServer.@Nullable Division division;

    /** Apply thread only: an entry could not be applied, so none after it may be. */
    private boolean broken;

    /** Apply thread only: the leader became ready with the entry being applied. */
    private boolean readyAfterThisEntry;

    /** Tells {@code opened} the division as soon as it exists, before the journal is open. */
    JournalStateMachine(
            JournalConsumer consumer,
            EngineLife life,
            TermAndVote termAndVote,
            LeaderWatch leaderWatch,
            ImageInstall images,
            Belonging belonging,
            Consumer<RaftServer.Division> opened) {
        this.belonging = belonging;
        this.consumer = consumer;
        this.life = life;
        this.termAndVote = termAndVote;
        this.leaderWatch = leaderWatch;
        this.images = images;
        this.opened = opened;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        termAndVote.takeOver(storage);
        getLifeCycle().startAndTransition(this::load);
        RaftServer.Division newDivision = server.getDivision(group);
        division = newDivision;
        opened.accept(newDivision);
    }

    @Override
    public void pause() {
        LogPosition image = images.installing();
        if (image != null) {
            durable(image);
        }
        // The apply thread goes on with the entry in hand and then calls reinitialize: nothing else has to stop here.
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() {
        LogPosition image = images.installing();
        if (image == null || isOver()) {
            getLifeCycle().startAndTransition(() -> {}); // Nothing is applied any more.
            return;
        }
        try {
            LogPosition now = consumer.reload();
            if (!now.equals(image) || !consumer.durablePosition().equals(image)) {
                throw new IllegalStateException("the state is not the image: image=" + image + " reloaded=" + now
                        + " durable=" + consumer.durablePosition());
            }
        } catch (RuntimeException | Error e) {
            broken = true;
            life.fail("state could not be taken from an image: image=" + image, e);
            durable(image); // Ratis needs some position; nothing is applied any more, see applyFailed.
            getLifeCycle().startAndTransition(() -> {});
            return;
        }
        getLifeCycle().startAndTransition(this::load);
        images.reloaded();
        GroupConfiguration withImage = noticed;
        noticed = null;
        if (withImage != null && withImage.index() <= image.index()) {
            belonging.committed(withImage); // Else its entry is still to come.
        }
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

    /** The state on disk has come this far. Called before the journal is purged up to there, never beside an image being taken. */
    void durable(LogPosition position) {
        DurableState known = durable;
        if (position.index() >= 0 && (known == null || known.position().getIndex() < position.index())) {
            durable = DurableState.at(position);
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
        if (isOver()) {
            return CompletableFuture.completedFuture(
                    NOTHING); // Whoever waits for it is told that the outcome is unknown.
        }
        byte[] reply;
        try {
            images.applying(journal(), entry.getIndex());
            reply = consumer.apply(
                    new LogPosition(entry.getTerm(), entry.getIndex()),
                    entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        } catch (IOException e) {
            applyFailed(entry.getTerm(), entry.getIndex(), new UncheckedIOException(e));
            return CompletableFuture.completedFuture(NOTHING);
        } catch (RuntimeException | Error e) {
            applyFailed(entry.getTerm(), entry.getIndex(), e);
            return CompletableFuture.completedFuture(NOTHING);
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(new Reply(reply));
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (isOver()) {
            return;
        }
        try {
            images.applying(journal(), index);
            consumer.skip(new LogPosition(term, index));
        } catch (IOException e) {
            applyFailed(term, index, new UncheckedIOException(e));
            return;
        } catch (RuntimeException | Error e) {
            applyFailed(term, index, e);
            return;
        }
        updateLastAppliedTermIndex(term, index);
        if (readyAfterThisEntry) {
            readyAfterThisEntry = false;
            becomeReady(term);
        }
    }

    /**
     * Called on the apply thread for each such entry, before it counts as applied. Also, without a term, on the thread that brings the notice of an image: with
     * what the leader had committed then, see {@link ImageNotice}.
     */
    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto found) {
        if (life.isOver()) {
            return;
        }
        GroupConfiguration configuration = Configurations.of(index, found);
        if (term == 0) {
            noticed = configuration;
            return;
        }
        if (broken) { // Behind the notice, which comes on another thread.
            return;
        }
        try {
            belonging.committed(configuration);
        } catch (RuntimeException | Error e) {
            applyFailed(term, index, e);
        }
    }

    /**
     * Nothing is applied from here on. What failed is not thrown: when Ratis is told to stop at the same moment, its apply thread would wait for an entry that it
     * does not apply any more, busily, for as long as the process lives.
     */
    private void applyFailed(long term, long index, Throwable cause) {
        broken = true;
        life.fail("apply failed: index=" + index + " term=" + term, cause);
    }

    private boolean isOver() {
        return broken || life.isOver();
    }

    private RaftLog journal() {
        return Objects.requireNonNull(division, "division").getRaftLog();
    }

    private void becomeReady(long term) {
        try {
            termAndVote.ensure(term); // A lone voter asks nobody for a vote; see OutgoingRaft for the others.
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
        belonging.leadershipEnded();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        life.fail(entry == null ? "journal failed" : "journal failed: index=" + entry.getIndex(), cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServers) {
        life.fail("journal was shut down", null); // Comes after close(), which knows more.
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstAvailable) {
        RaftLog journal = journal();
        LogPosition image = getLastAppliedTermIndex().getIndex() < journal.getLastCommittedIndex()
                ? null // The apply thread may be reading a file that would go. The leader asks again.
                : images.noticed(
                        journal, new LogPosition(firstAvailable.getTerm(), firstAvailable.getIndex()), leader());
        return CompletableFuture.completedFuture(toRatis(image)); // See ImageInstall why there is always an answer.
    }

    private String leader() {
        RaftPeerId leader =
                Objects.requireNonNull(division, "division").getInfo().getLeaderId();
        return leader == null ? "" : leader.toString();
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
        belonging.closed();
    }
}
