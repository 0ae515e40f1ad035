package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;

/**
 * Lets a member vote that is asked for its vote. Who asks has a configuration in its journal that gives it one; with Raft, what the member itself has read of that does not
 * matter. Ratis lets no observer vote before the change that gives it a vote is over, and none that loses its vote once it is restarted. Should the leader be lost in between, an
 * even number of voters needs that vote: three of four are left, and of those that have the change nobody could be elected before that leader is back,
 * which it may never be.
 *
 * <p>It votes and does no more: {@link ElectionPause} keeps it from standing. A vote is as strict as any other: one in a term, on disk, for nobody whose journal is behind.
 *
 * <p>Ratis has no way to say it but by reflection.
 */
final class ChangingVoter {
    private final ElectionPause pause;

    /** It votes as if it had a vote, or could not be made an observer again since. Written with the division's lock, and before Ratis takes it for a voter. */
    private volatile boolean owed;

    /** How many requests are being answered so. Guarded by the division. */
    private int voting;

    ChangingVoter(ElectionPause pause) {
        this.pause = pause;
    }

    /**
     * Answers a request for this member's vote, of an observer too. On a thread of the engine's, without the division's lock. Several at once: Ratis waits for the end of an
     * election of this member's own before it answers, and the next candidate is not to wait for that as well.
     */
    <T> T vote(RaftServer.Division division, Vote<T> vote) throws IOException {
        if (!begin(division)) {
            return vote.run();
        }
        try {
            return vote.run();
        } finally {
            synchronized (division) {
                voting--;
                review(division);
            }
        }
    }

    /** Whether it is an observer that may vote now. */
    private boolean begin(RaftServer.Division division) {
        boolean observer = division.getInfo().getCurrentRole() == RaftPeerRole.LISTENER;
        if (!observer && !owed) {
            return false;
        }
        pause.settle(); // As an observer it did not stand, whatever Ratis was told.
        synchronized (division) {
            if (!owed && pause.isToldToPause() && division.getInfo().getCurrentRole() == RaftPeerRole.LISTENER) {
                owed = true;
                setRole(division, RaftPeerRole.FOLLOWER);
            }
            voting += owed ? 1 : 0;
            return owed;
        }
    }

    /** Makes it an observer again, unless it votes or has a vote by now, or its timer has made it a candidate without an election: then with the next configuration. */
    void review(RaftServer.Division division) {
        synchronized (division) {
            RaftConfiguration newest = division.getRaftConf();
            if (owed && voting == 0 && division.getInfo().getCurrentRole() != RaftPeerRole.CANDIDATE) {
                owed = false;
                boolean voter = isAmong(newest.getCurrentPeers(RaftPeerRole.FOLLOWER), division)
                        && newest.getPreviousPeers(RaftPeerRole.FOLLOWER).isEmpty();
                if (!voter && division.getInfo().getCurrentRole() == RaftPeerRole.FOLLOWER) {
                    setRole(division, RaftPeerRole.LISTENER);
                }
            }
        }
    }

    /**
     * A server has just started. One that finds a change in its journal that gives or takes its vote would wait for a leader before it takes part. With the division's lock,
     * under which no election can begin before this member was told to pause.
     */
    void started(RaftServer.Division division) {
        if (division.getInfo().getLifeCycleState() != LifeCycle.State.STARTING) {
            return;
        }
        RaftConfiguration newest = division.getRaftConf();
        boolean voted = isAmong(newest.getPreviousPeers(RaftPeerRole.FOLLOWER), division);
        boolean promoted = isAmong(newest.getPreviousPeers(RaftPeerRole.LISTENER), division)
                && isAmong(newest.getCurrentPeers(RaftPeerRole.FOLLOWER), division);
        if (voted || promoted) {
            call(
                    division,
                    "startAsPeer",
                    new Class<?>[] {RaftPeerRole.class},
                    voted ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER);
            pause.settle();
        }
    }

    private static boolean isAmong(Collection<RaftPeer> peers, RaftServer.Division division) {
        return peers.stream().anyMatch(peer -> peer.getId().equals(division.getId()));
    }

    private static void setRole(RaftServer.Division division, RaftPeerRole role) {
        call(division, "setRole", new Class<?>[] {RaftPeerRole.class, Object.class}, role, "vote");
    }

    private static void call(RaftServer.Division division, String name, Class<?>[] types, Object... arguments) {
        try {
            Method method = division.getClass().getDeclaredMethod(name, types);
            method.setAccessible(true);
            method.invoke(division, arguments);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Ratis is another than this was written for: " + division.getClass(), e);
        }
    }

    /** Ratis' part of it. */
    @FunctionalInterface
    interface Vote<T> {
        T run() throws IOException;
    }
}
