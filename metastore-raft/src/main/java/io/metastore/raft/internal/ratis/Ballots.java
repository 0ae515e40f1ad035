package io.metastore.raft.internal.ratis;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/**
 * The votes that this member was given, as they came, to make sure that it leads no term that it has not won. Ratis looks at its votes for the last time, lets go of every lock,
 * and then makes the member a leader if it is a candidate. Should that thread stand still in between until this member has learned of a later term and stands again, it is
 * a candidate, of a term in which nobody may have voted for it: there would be two leaders of one term, each with a majority that believes it.
 *
 * <p>Callable from any thread, with any lock held.
 */
final class Ballots {

    /** Latest term in which somebody voted for this member. Guarded by this. */
    private long term = -1;

    /** Who did. Guarded by this. */
    private final Set<RaftPeerId> voters = new HashSet<>();

    /** Somebody else voted for this member, in an election, not before it. */
    synchronized void granted(long inTerm, RaftPeerId by) {
        if (inTerm > term) {
            term = inTerm;
            voters.clear();
        }
        if (inTerm == term) {
            voters.add(by);
        }
    }

    /**
     * Ratis is making a leader of this member. Called before anything is written or sent as one.
     *
     * @throws IllegalStateException it has not won its term; the engine has failed
     */
    void requireWon(RaftServer.Division division, EngineLife life) {
        long leads = division.getInfo().getCurrentTerm();
        RaftConfiguration configuration = division.getRaftConf();
        if (!isWon(leads, division.getId(), configuration)) {
            IllegalStateException failure =
                    new IllegalStateException("this member would lead a term that it has not won: term=" + leads
                            + " votes=" + this + " configuration=" + configuration);
            life.fail("an election stood still and was overtaken", failure);
            throw failure;
        }
    }

    /** Whether a majority of the voters of each configuration that may be in force has voted for the member in the term, itself included. */
    synchronized boolean isWon(long leads, RaftPeerId self, RaftConfiguration configuration) {
        Collection<RaftPeer> now = configuration.getCurrentPeers(RaftPeerRole.FOLLOWER);
        Collection<RaftPeer> before = configuration.getPreviousPeers(RaftPeerRole.FOLLOWER);
        if (before.isEmpty()) {
            return isMajority(leads, self, now);
        }
        // Ratis does without the vote of the second one while one voter becomes two: it has nothing yet.
        boolean wasAlone = before.size() == 1 && now.size() == 2 && isMajority(leads, self, before);
        return wasAlone || (isMajority(leads, self, now) && isMajority(leads, self, before));
    }

    private boolean isMajority(long leads, RaftPeerId self, Collection<RaftPeer> peers) {
        long votes = peers.stream()
                .map(RaftPeer::getId)
                .filter(id -> id.equals(self) || (leads == term && voters.contains(id)))
                .count();
        return 2 * votes > peers.size();
    }

    @Override
    public synchronized String toString() {
        return "term " + term + " of " + voters;
    }
}
