package io.metastore.raft.internal.cluster;

import io.metastore.api.Elections;
import io.metastore.raft.internal.engine.Engine;

/** Pauses and resumes elections: recorded for all, and followed by each member as it applies the record. */
public final class MemberElections implements Elections {

    private final Ground ground;
    private final ClusterTable table;
    private final EpochStart epoch;

    /** What this member's engine was last told because of the record. */
    private volatile boolean followed;

    /** Guarded by this. */
    private boolean replaying;

    public MemberElections(Ground ground, ClusterTable table, EpochStart epoch) {
        this.ground = ground;
        this.table = table;
        this.epoch = epoch;
    }

    @Override
    public void pause() {
        ground.enter("pause");
        if (!table.electionsPaused()) {
            long started = System.nanoTime();
            table.electionsPaused(true, ground.timeout());
            // Once more: a journal proves what is committed by what follows it, and this has to hold when all are
            // killed at this moment.
            table.electionsPaused(true, ground.timeout().minusNanos(System.nanoTime() - started));
        }
        follow();
    }

    @Override
    public void resume() {
        ground.enter("resume");
        Engine engine = ground.engine();
        if (engine != null) {
            engine.electionsPaused(false); // Without a leader nothing can be recorded until somebody stands.
        }
        if (table.electionsPaused()) {
            long started = System.nanoTime();
            ground.await(() -> ground.roster().leader() != null, ground.timeout());
            table.electionsPaused(false, ground.timeout().minusNanos(System.nanoTime() - started));
        }
    }

    /** As this member does: it follows the record before it says so. */
    @Override
    public boolean isPaused() {
        follow();
        return areToPause();
    }

    /** A pause of the epoch before would leave the only voter of this one without an election. */
    private boolean areToPause() {
        return table.electionsPaused() && !epoch.isPending();
    }

    /** Does as the record says when that has changed. */
    public synchronized void follow() {
        if (replaying) {
            return;
        }
        boolean paused = areToPause();
        Engine engine = ground.engine();
        if (engine != null && paused != followed) {
            followed = paused;
            engine.electionsPaused(paused);
        }
    }

    /** The first engine: its journal may hold a record that the state has not yet, so it stands for nothing until {@link #replayed}. */
    public synchronized void beginReplay(Engine engine) {
        replaying = true;
        followed = true;
        engine.electionsPaused(true);
    }

    /** The state has what the journal proves to be committed. */
    public synchronized void replayed() {
        replaying = false;
        follow();
    }

    /** An engine that takes the place of another does as the record says from its first moment. */
    public synchronized void begin(Engine engine) {
        followed = areToPause();
        engine.electionsPaused(followed);
    }
}
