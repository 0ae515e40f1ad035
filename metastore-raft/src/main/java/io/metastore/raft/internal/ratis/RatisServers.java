package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.GroupMember;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;

/** Creates Ratis' server for one engine. */
final class RatisServers {

    private RatisServers() {}

    /** A server that has not started. Refuses to open any other group. */
    static RaftServer create(RatisSettings settings, JournalStateMachine machine, Wiring wiring, EngineThreads threads)
            throws IOException {
        RaftGroupId group = RaftGroupId.valueOf(settings.group());
        return RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(settings.self()))
                .setGroup(RaftGroup.valueOf(
                        group,
                        settings.peers().stream().map(RatisServers::toRatis).toList()))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStateMachineRegistry(found -> {
                    if (!found.equals(group)) {
                        throw new IllegalStateException(
                                "directory holds another group: expected=" + group + " found=" + found);
                    }
                    return machine;
                })
                .setProperties(RatisOptions.from(settings))
                .setParameters(wiring.asParameters())
                .setThreadGroup(threads)
                .build();
    }

    private static RaftPeer toRatis(RatisSettings.Peer peer) {
        return Configurations.toRatis(new GroupMember(peer.id(), peer.address(), peer.voter()));
    }

    /** Loads most of the classes that a server needs. Changes nothing else. */
    static void load() {
        RatisOptions.from(RatisSettings.of(Path.of("unused"), new UUID(0, 0), "unused", List.of()));
        LogEntryProto.getDefaultInstance();
        ManagementFactory.getPlatformMBeanServer(); // Where Ratis registers its servers.
        try {
            Class.forName("org.apache.ratis.server.impl.RaftServerProxy");
            Class.forName("org.apache.ratis.server.impl.LeaderStateImpl");
            Class.forName("org.apache.ratis.server.raftlog.segmented.SegmentedRaftLog");
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }
}
