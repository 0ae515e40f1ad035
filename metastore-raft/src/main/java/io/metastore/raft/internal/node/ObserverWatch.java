package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.Following;
import java.time.Duration;
import java.util.Objects;

/**
 * Notices for an observer that its leader is gone, and that it is back. A voter learns that from its own elections; an observer holds none, so Ratis
 * would name it the last leader for ever, and its callers would wait for that one instead of being refused.
 *
 * <p>All calls come from one thread.
 */
final class ObserverWatch {

    private final Members members;
    private final Condition condition;
    private final Duration silenceMax;
    private final Runnable changed;

    /**
     * Looks at nothing by itself.
     *
     * @param silenceMax longest election timeout: a voter that heard nothing for so long has lost its leader too
     * @param changed told after each change, never blocks
     */
    ObserverWatch(Members members, Condition condition, Duration silenceMax, Runnable changed) {
        this.members = members;
        this.condition = condition;
        this.silenceMax = silenceMax;
        this.changed = changed;
    }

    /** Called at short intervals. */
    void look() {
        Engine engine = members.engine();
        Following following =
                engine == null || members.peers().votes() ? null : engine.following();
        if (following == null) {
            return; // Nobody is followed, which the engine has told, or this member is a voter.
        }
        boolean gone = following.silence().compareTo(silenceMax) > 0;
        String leader = gone ? null : following.leader();
        if (!Objects.equals(leader, condition.leader())) {
            condition.leader(leader, following.term());
            changed.run();
        }
    }
}
