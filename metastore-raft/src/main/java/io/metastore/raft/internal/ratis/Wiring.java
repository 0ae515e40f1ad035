package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.transport.Transport;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.RaftPeer;

/** What the parts that Ratis creates need from the engine. */
record Wiring(
        RatisSettings settings,
        Transport transport,
        EngineLife life,
        TermAndVote termAndVote,
        Ballots ballots,
        LeaderWatch leaderWatch,
        Appenders appenders,
        JournalBeginFile begin,
        EngineThreads threads,
        PeerAddresses addresses) {
    private static final String KEY = "metastore.wiring";

    /** Where to send what is for this member, now. */
    String addressOf(RaftPeer member) {
        return addresses.of(member.getId().toString(), member.getAddress());
    }

    Parameters asParameters() {
        Parameters parameters = new Parameters();
        parameters.put(KEY, this, Wiring.class);
        return parameters;
    }

    static Wiring from(Parameters parameters) {
        return parameters.getNonNull(KEY, Wiring.class);
    }
}
