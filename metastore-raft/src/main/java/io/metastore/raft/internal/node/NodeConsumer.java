package io.metastore.raft.internal.node;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.cluster.EpochTip;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.images.Condemnation;
import io.metastore.raft.internal.members.RecentEntries;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.UndecodableEntryException;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.UnknownCommandInJournalException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Stands between the engine and the state: applies entries, answers whoever waits here, passes on what happens to the group. */
final class NodeConsumer implements JournalConsumer {

    private static final byte[] NOTHING = new byte[0];

    private final MetaState state;
    private final Proposer proposer;
    private final AppliedGate gate;
    private final Condition condition;
    private final Meters meters;
    private final BooleanSupplier leads;
    private final FingerprintMarks marks;
    private final RecentEntries recent;
    private final EpochTip tip;

    /** Set before the engine is started. */
    private @Nullable ImageParts images;

    /** Set before the engine is started. */
    private @Nullable GroupEvents group;

    /** What becomes of the group; each call hands over and returns. */
    interface GroupEvents {
        void changed();

        void restartNeeded(String why);

        void removed(String why);
    }

    /**
     * Consumes what the engine commits.
     *
     * @param leads whether somebody may wait for encoded replies, because this member leads
     * @param tip told of each entry before it is applied
     */
    NodeConsumer(
            MetaState state,
            Proposer proposer,
            AppliedGate gate,
            Condition condition,
            Meters meters,
            BooleanSupplier leads,
            FingerprintMarks marks,
            RecentEntries recent,
            EpochTip tip) {
        this.state = state;
        this.proposer = proposer;
        this.gate = gate;
        this.condition = condition;
        this.meters = meters;
        this.leads = leads;
        this.marks = marks;
        this.recent = recent;
        this.tip = tip;
    }

    void images(ImageParts parts) {
        images = parts;
    }

    void group(GroupEvents events) {
        group = events;
    }

    private GroupEvents group() {
        GroupEvents events = group;
        if (events == null) {
            throw new IllegalStateException("the engine was started before the group was watched");
        }
        return events;
    }

    @Override
    public void membersChanged(GroupConfiguration committed) {
        group().changed();
    }

    @Override
    public void restartNeeded(String why) {
        group().restartNeeded(why);
    }

    @Override
    public void removed(String why) {
        condition.failed(StoreState.REMOVED, "member was removed from the cluster: " + why);
        group().removed(why);
        proposer.routeChanged();
        gate.signal();
    }

    @Override
    public LogPosition durablePosition() {
        return state.durable();
    }

    @Override
    public byte[] apply(LogPosition position, ByteBuffer entry) {
        if (state.contains(position)) {
            return NOTHING; // Replayed after a restart; the effect is in the state already.
        }
        long started = System.nanoTime();
        int bytes = entry.remaining();
        tip.before(position.index());
        BatchOutcome outcome = state.apply(position, entry);
        long took = System.nanoTime() - started;
        meters.applied(outcome.results().size(), took);
        proposer.applied(outcome, started);
        gate.signal();
        mark(position, bytes);
        if (images != null) {
            images.checkpointer().applyTook(outcome.results().size(), took);
        }
        boolean own = outcome.session().equals(proposer.session());
        return own || !leads.getAsBoolean() ? NOTHING : JournalCodec.encodeOutcome(outcome);
    }

    @Override
    public long commitHint(ByteBuffer entry) {
        return hintOf(entry);
    }

    /** What an entry says is committed; -1 for nothing. */
    static long hintOf(ByteBuffer entry) {
        try {
            return JournalCodec.decodeEntry(entry).commitIndex();
        } catch (UndecodableEntryException e) {
            return -1; // Says nothing to this build. Should it be committed, applying it halts the member, with this
            // reason.
        }
    }

    @Override
    public void skip(LogPosition position) {
        if (!state.contains(position)) {
            tip.before(position.index());
            state.skip(position);
            gate.signal();
            mark(position, 0);
        }
    }

    private void mark(LogPosition position, int bytes) {
        if (FingerprintMarks.isDue(position.index())) {
            marks.add(position.index(), state.fingerprint());
        }
        recent.note(position.index(), bytes);
        if (images != null) {
            images.checkpointer().applied(bytes);
        }
    }

    @Override
    public LogPosition reload() {
        if (images == null) {
            throw new IllegalStateException("the engine was started before the images were there");
        }
        LogPosition now = images.images().reload();
        gate.signal();
        return now;
    }

    @Override
    public LogPosition flush() {
        return state.flush();
    }

    @Override
    public void leaderChanged(@Nullable String leader, long term) {
        condition.leader(leader, term);
        proposer.routeChanged();
        gate.signal();
    }

    @Override
    public void leaderReady(long term) {
        proposer.routeChanged();
        gate.signal();
    }

    @Override
    public void failed(String reason, @Nullable Throwable cause) {
        boolean cannotApply =
                cause instanceof UndecodableEntryException || cause instanceof UnknownCommandInJournalException;
        if (cause instanceof CorruptStateException && images != null) {
            images.images().condemn(Condemnation.ofDamage(String.valueOf(cause.getMessage())));
        }
        condition.failed(
                cannotApply ? StoreState.HALTED : StoreState.FAILED,
                reason + (cause == null ? "" : ": " + cause.getMessage()));
        proposer.routeChanged();
        gate.signal();
    }
}
