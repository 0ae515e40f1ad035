package io.metastore.raft.internal.ratis;

import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;

/**
 * While the members are being changed, who cannot be elected is sent nothing that a majority of those who can has not got. A member that is given a vote, or loses its
 * vote, may vote until the change is over, and not lead. If it alone had an entry, it could vote for nobody; and with the leader lost at that moment the
 * others may be no majority without it: two of four voters are none. While all answer a change takes no longer for it, since those who stay are a majority by themselves.
 */
final class LastToHear {

    /** It may be sent everything. */
    static final long NO_LIMIT = Long.MAX_VALUE;

    private LastToHear() {}

    /**
     * Up to which entry the member may be sent the journal.
     *
     * @param newest configuration in the leader's journal
     * @param committed index up to which the journal is
     * @param matchIndex how far a follower has the leader's journal on its disk; -1 when that is not known
     */
    static long limit(
            RaftPeerId member,
            RaftConfiguration newest,
            long committed,
            RaftPeerId leader,
            ToLongFunction<RaftPeerId> matchIndex) {
        Collection<RaftPeer> now = newest.getCurrentPeers(RaftPeerRole.FOLLOWER);
        Collection<RaftPeer> before = newest.getPreviousPeers(RaftPeerRole.FOLLOWER);
        boolean changing = !before.isEmpty();
        if (!changing && newest.getLogEntryIndex() <= committed) {
            return NO_LIMIT;
        }
        boolean limited = changing ? isAmong(now, member) != isAmong(before, member) : !isAmong(now, member);
        if (!limited) {
            return NO_LIMIT;
        }
        List<Long> have = now.stream()
                .map(RaftPeer::getId)
                .filter(voter -> !changing || isAmong(before, voter))
                .map(voter -> voter.equals(leader) ? NO_LIMIT : matchIndex.applyAsLong(voter))
                .sorted()
                .toList();
        return have.isEmpty() ? NO_LIMIT : have.get((have.size() - 1) / 2);
    }

    private static boolean isAmong(Collection<RaftPeer> peers, RaftPeerId member) {
        return peers.stream().anyMatch(peer -> peer.getId().equals(member));
    }
}
