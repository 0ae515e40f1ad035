package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.raftlog.LogProtoUtils;

/** Ratis' configurations in our words, and back. */
final class Configurations {

    private Configurations() {}

    static GroupConfiguration of(RaftConfiguration found) {
        List<GroupMember> members =
                members(found.getCurrentPeers(RaftPeerRole.FOLLOWER), found.getCurrentPeers(RaftPeerRole.LISTENER));
        List<GroupMember> before =
                members(found.getPreviousPeers(RaftPeerRole.FOLLOWER), found.getPreviousPeers(RaftPeerRole.LISTENER));
        Set<String> staying = members.stream().map(GroupMember::id).collect(Collectors.toSet());
        return new GroupConfiguration(
                Math.max(-1, found.getLogEntryIndex()),
                members,
                before.isEmpty(),
                before.stream().filter(member -> !staying.contains(member.id())).toList());
    }

    static GroupConfiguration of(long index, RaftConfigurationProto found) {
        return of(LogProtoUtils.toRaftConfiguration(LogEntryProto.newBuilder()
                .setIndex(index)
                .setConfigurationEntry(found)
                .build()));
    }

    private static List<GroupMember> members(Collection<RaftPeer> voters, Collection<RaftPeer> observers) {
        return Stream.concat(
                        voters.stream().map(peer -> toMember(peer, true)),
                        observers.stream().map(peer -> toMember(peer, false)))
                .sorted(Comparator.comparing(GroupMember::id)) // Ratis keeps them in no order.
                .toList();
    }

    private static GroupMember toMember(RaftPeer peer, boolean voter) {
        return new GroupMember(peer.getId().toString(), peer.getAddress(), voter);
    }

    /** All with the same priority: who leads is not decided by who may. */
    static RaftPeer toRatis(GroupMember member) {
        return RaftPeer.newBuilder()
                .setId(member.id())
                .setAddress(member.address())
                .setPriority(0)
                .setStartupRole(member.voter() ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER)
                .build();
    }

    static List<RaftPeer> toRatis(Collection<GroupMember> members) {
        return members.stream().map(Configurations::toRatis).toList();
    }
}
