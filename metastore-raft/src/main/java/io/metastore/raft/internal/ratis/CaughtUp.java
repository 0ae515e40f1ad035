package io.metastore.raft.internal.ratis;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;

/**
 * Says of a new observer that it is one. When the members that are being caught up are admitted, Ratis forgets to note so of those without a vote. Such an
 * observer is told for the rest of the term that it is no member yet, so that it never takes part; every later change waits for it; and one that fails
 * stops sending to it.
 *
 * <p>Ratis has no way to say it from outside its package but by reflection.
 */
final class CaughtUp {
    private CaughtUp() {}

    /** Notes it, if this is such a follower. On a thread that may wait for the division's lock: Ratis looks at it under that. */
    static void note(RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        if (leader.isFollowerBootstrapping(follower) && isObserver(division, follower)) {
            synchronized (division) {
                if (isObserver(division, follower)) {
                    tell(follower);
                }
            }
        }
    }

    private static boolean isObserver(RaftServer.Division division, FollowerInfo follower) {
        return division.getRaftConf().getCurrentPeers(RaftPeerRole.LISTENER).stream()
                .anyMatch(peer -> peer.getId().equals(follower.getId()));
    }

    private static void tell(FollowerInfo follower) {
        try {
            Method method = follower.getClass().getDeclaredMethod("catchUp");
            method.setAccessible(true);
            method.invoke(follower);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Ratis is another than this was written for: " + follower.getClass(), e);
        }
    }
}
