package io.metastore.raft.internal.ratis;

import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Creates what Ratis sends messages with. */
final class RatisServerFactory implements ServerFactory {
    private final RpcType type;
    private final Wiring wiring;

    RatisServerFactory(RpcType type, Wiring wiring) {
        this.type = type;
        this.wiring = wiring;
    }

    @Override
    public RpcType getRpcType() {
        return type;
    }

    @Override
    public RaftServerRpc newRaftServerRpc(RaftServer server) {
        return new OutgoingRaft(type, wiring);
    }

    @Override
    public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
        return new TransportLogAppender(server, state, follower, wiring);
    }
}
