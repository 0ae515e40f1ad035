package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.Following;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices for an observer that its leader is gone, and that it is back; for a voter too while elections are paused. A voter learns that from its own elections; an observer holds none, so Ratis
 * would name it the last leader for ever, and its callers would wait for that one instead of being refused.
 *
 * <p>All calls come from one thread.
 */
final class ObserverWatch {

    private final Members members;
    private final Condition condition;
    private final Duration silenceMax;
    private final BooleanSupplier paused;
    private final Runnable changed;

    /**
     * Looks at nothing by itself.
     *
     * @param silenceMax longest election timeout: a voter that heard nothing for so long has lost its leader too
     * @param paused whether voters hold no elections either
     * @param changed told after each change, never blocks
     */
    ObserverWatch(Members members, Condition condition, Duration silenceMax, BooleanSupplier paused, Runnable changed) {
        this.paused = paused;
        this.members = members;
        this.condition = condition;
        this.silenceMax = silenceMax;
        this.changed = changed;
    }

    /** Called at short intervals. */
    void look() {
        Engine engine = members.engine();
        boolean holdsElections = members.peers().votes() && !paused.getAsBoolean();
        if (engine == null || holdsElections) {
            return; // Its elections tell.
        }
        Following following = engine.following();
        if (following == null) {
            if (paused.getAsBoolean() && !engine.leads(engine.currentTerm())) {
                leader(null, engine.currentTerm()); // It would stand for election if it might.
            }
            return;
        }
        boolean gone = following.silence().compareTo(silenceMax) > 0;
        String leader = gone ? null : following.leader();
        leader(leader, following.term());
    }

    private void leader(@Nullable String leader, long term) {
        if (!Objects.equals(leader, condition.leader())) {
            condition.leader(leader, term);
            changed.run();
        }
    }
}
