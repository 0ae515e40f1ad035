package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.JournalConsumer;
import java.util.Objects;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the consumer who leads. Ratis announces new leaders but not the loss of one, so this looks whenever the leader may have changed; the last look
 * reports the last change, whichever threads they are on.
 */
final class LeaderWatch {
    private final JournalConsumer consumer;

    /** Guarded by this. */
    private RaftServer.@Nullable Division division;

    /** Guarded by this. */
    private @Nullable String reported;

    LeaderWatch(JournalConsumer consumer) {
        this.consumer = consumer;
    }

    synchronized void watch(RaftServer.Division newDivision) {
        division = newDivision;
    }

    /** Reports the leader when it is another than last time. Callable with any lock held. */
    synchronized void look() {
        RaftServer.Division current = division;
        if (current == null) {
            return;
        }
        RaftPeerId leader = current.getInfo().getLeaderId();
        boolean deposed = current.getId().equals(leader) && !current.getInfo().isLeader();
        String name = leader == null || deposed ? null : GroupMember.nameOf(leader.toString());
        if (!Objects.equals(name, reported)) {
            reported = name;
            consumer.leaderChanged(name, current.getInfo().getCurrentTerm());
        }
    }
}
