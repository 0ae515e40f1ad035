package io.metastore.raft.internal.cluster;

import io.metastore.api.Elections;
import io.metastore.raft.internal.engine.Engine;

/** Pauses and resumes elections: recorded for all, and followed by each member as it applies the record. */
public final class MemberElections implements Elections {

    private final Ground ground;
    private final ClusterTable table;

    /** What this member's engine was last told because of the record. */
    private volatile boolean followed;

    public MemberElections(Ground ground, ClusterTable table) {
        this.ground = ground;
        this.table = table;
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
        return table.electionsPaused();
    }

    /** Does as the record says when that has changed. */
    public synchronized void follow() {
        boolean paused = table.electionsPaused();
        Engine engine = ground.engine();
        if (engine != null && paused != followed) {
            followed = paused;
            engine.electionsPaused(paused);
        }
    }

    /** A new engine does as the record says from its first moment. */
    public void begin(Engine engine) {
        followed = table.electionsPaused();
        engine.electionsPaused(followed);
    }
}
