package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Whether this member stands for election. It does not while somebody says so, and while the configuration in its journal, committed or not, gives it no
 * vote: Ratis lets a follower that lost its vote stand, and closes it when it does.
 *
 * <p>Ratis has a flag that it looks at when an election begins. It cannot be set before the member is in a configuration, and there are no elections then
 * either. Setting it starts a thread of Ratis', so that has to happen on a thread of the engine's.
 *
 * <p>Callable from any thread, with any lock held, but for {@link #settle} and {@link #handedOver}.
 */
final class ElectionPause {
    private final ClientId client = ClientId.randomId();
    private final Executor engineThreads;

    /** Guarded by this. */
    private boolean requested;

    /** Hand-overs to this member that are being handled. Guarded by this. */
    private int handOvers;

    /** Null before the start. Guarded by this. */
    private RaftServer.@Nullable Division division;

    /** What Ratis was told last. Guarded by this. */
    private boolean told;

    /** Whether what holds has changed for another reason than a hand-over since Ratis was told. Guarded by this. */
    private boolean changed;

    private volatile Runnable afterwards = () -> {};

    private volatile boolean withoutVote;

    /** Whether what Ratis was told is not what holds. Written under the lock. */
    private volatile boolean unsettled;

    /** @param engineThreads runs what may start threads of Ratis' */
    ElectionPause(Executor engineThreads) {
        this.engineThreads = engineThreads;
    }

    /**
     * What to do each time after Ratis was told to go on, but for a hand-over: on a thread of the engine's, without a lock. A timeout that ended before that has made a
     * candidate of this member, and no election, see {@link IdleCandidate}; so it is looked for when it was, and not at the moment when somebody asks. Not after
     * Ratis was told to pause: such a candidate would be made a follower in a term of its own.
     */
    void afterwards(Runnable newAfterwards) {
        afterwards = newAfterwards;
    }

    /** Whether this member stands for no election by itself. */
    synchronized boolean isPaused() {
        return requested || withoutVote;
    }

    /** Whether the configuration in the journal gives this member no vote, or not yet one that it may use. */
    boolean isWithoutVote() {
        return withoutVote;
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /** What somebody wants. */
    void request(boolean paused) {
        synchronized (this) {
            boolean before = isPaused();
            requested = paused;
            changed |= before != isPaused();
            look();
        }
        settleSoon();
    }

    /** There is a division; it has read its journal. */
    synchronized void attach(RaftServer.Division opened) {
        division = opened;
        review();
    }

    /** The configuration in the journal may be another. */
    void review() {
        synchronized (this) {
            RaftServer.Division current = division;
            if (current == null) {
                return;
            }
            boolean before = isPaused();
            withoutVote = !mayStand(current.getRaftConf(), current.getId());
            changed |= before != isPaused();
            look();
        }
        settleSoon();
    }

    /**
     * An observer that is being given a vote waits until the change is over: Ratis would let it lead before, and replicate to itself.
     */
    private static boolean mayStand(RaftConfiguration configuration, RaftPeerId self) {
        return configuration.getCurrentPeers().stream()
                        .anyMatch(voter -> voter.getId().equals(self))
                && configuration.getPreviousPeers(RaftPeerRole.LISTENER).stream()
                        .noneMatch(observer -> observer.getId().equals(self));
    }

    /** Tells Ratis, soon, what it could not be told before; cheap when there is nothing. */
    void settleSoon() {
        if (unsettled) {
            onEngineThread(this::settle);
        }
    }

    /** Tells Ratis what holds. On a thread of the engine's. */
    synchronized void settle() {
        look();
        RaftServer.Division current = division;
        if (current != null && unsettled && tell(current, !told)) {
            told = !told;
            unsettled = false;
            boolean resumed = changed && !told;
            changed = false;
            if (resumed) {
                onEngineThread(afterwards);
            }
        }
    }

    private void onEngineThread(Runnable work) {
        try {
            engineThreads.execute(work);
        } catch (RejectedExecutionException e) {
            // Closed since: no elections any more.
        }
    }

    /** Whether Ratis begins no election here. */
    synchronized boolean isToldToPause() {
        return told;
    }

    /** Called with the lock held. */
    private void look() {
        unsettled = told != (withoutVote || (requested && handOvers == 0));
        changed &= unsettled; // Taken back, or put off by a hand-over, whose candidate is not to be ended.
    }

    /** Runs what makes this member stand because its leader hands over: allowed while paused, if it has a vote. On a thread of the engine's. */
    <T> T handedOver(HandOver<T> work) throws IOException {
        handing(1);
        try {
            return work.run();
        } finally {
            handing(-1);
        }
    }

    private synchronized void handing(int more) {
        handOvers += more;
        settle();
    }

    /** Returns whether Ratis took it; not when it has not begun to take part, or closes. The flag is set when this returns. */
    private boolean tell(RaftServer.Division current, boolean paused) {
        RaftPeerId self = current.getId();
        RaftGroupId group = current.getMemberId().getGroupId();
        CompletableFuture<?> taken = current.getRaftServer()
                .leaderElectionManagementAsync(
                        paused
                                ? LeaderElectionManagementRequest.newPause(client, self, group, 0)
                                : LeaderElectionManagementRequest.newResume(client, self, group, 0));
        return taken.isDone() && !taken.isCompletedExceptionally();
    }

    /** Work that may fail as Ratis does. */
    @FunctionalInterface
    interface HandOver<T> {
        T run() throws IOException;
    }
}
