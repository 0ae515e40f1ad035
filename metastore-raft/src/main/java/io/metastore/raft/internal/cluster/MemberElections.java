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

    public MemberElections(Ground ground, ClusterTable table, EpochStart epoch) {
        this.ground = ground;
        this.table = table;
        this.epoch = epoch;
    }

    @Override
    public void pause() {
        ground.enter("pause");
        if (!table.electionsPaused()) {
            table.electionsPaused(true, ground.timeout());
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
        boolean paused = areToPause();
        Engine engine = ground.engine();
        if (engine != null && paused != followed) {
            followed = paused;
            engine.electionsPaused(paused);
        }
    }

    /** A new engine does as the record says from its first moment. */
    public void begin(Engine engine) {
        followed = areToPause();
        engine.electionsPaused(followed);
    }
}
