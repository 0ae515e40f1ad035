package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest.Arguments;
import org.apache.ratis.protocol.SetConfigurationRequest.Mode;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A change of the members that was asked for, judged before Ratis sees it. Ratis takes any change in which fewer votes come than stay, compares ids without
 * roles, and calls a change of addresses a success without doing anything.
 *
 * @param before what it starts from
 * @param wanted what it leads to
 */
record GroupChange(GroupConfiguration before, List<GroupMember> wanted) {

    GroupChange {
        wanted = List.copyOf(wanted);
    }

    /** Whether it asks for what is there, addresses included. */
    boolean isNothing() {
        return Set.copyOf(wanted).equals(Set.copyOf(before.members()));
    }

    /** Those who are not members yet. */
    List<GroupMember> joining() {
        return wanted.stream()
                .filter(member -> before.withId(member.id()) == null)
                .toList();
    }

    /**
     * Refuses what is unsafe or makes no sense.
     *
     * <p>One vote at a time, though Raft's joint consensus allows more: a leader that is elected in the middle of a change goes on with the new configuration
     * alone, and asks no majority of the old one whether it has heard of the change. With one vote of difference every majority of one shares a member
     * with every majority of the other, and nothing can go wrong.
     *
     * @throws EngineException {@link Kind#CONFIGURATION_DIFFERS}, {@link Kind#CHANGE_TOO_LARGE} or {@link Kind#CHANGE_INVALID}
     */
    void check(GroupConfiguration expected, String leader) {
        if (!expected.sameMembers(before)) {
            throw refused(Kind.CONFIGURATION_DIFFERS, "members are others than expected: expected=" + expected);
        }
        checkNames();
        Set<String> votersBefore = ids(before.voters());
        Set<String> votersAfter = ids(wanted.stream().filter(GroupMember::voter).toList());
        if (votersAfter.isEmpty()) {
            throw refused(Kind.CHANGE_INVALID, "somebody must have a vote");
        }
        if (!votersAfter.contains(leader) && ids(wanted).contains(leader)) {
            throw refused(
                    Kind.CHANGE_INVALID,
                    "the leader cannot become an observer; transfer leadership first: leader=" + leader);
        }
        if (new GroupConfiguration(before.index(), wanted, true).sameMembers(before) && !isNothing()) {
            throw refused(Kind.CHANGE_INVALID, "addresses alone are not changed here; a member tells its own");
        }
        int given = without(votersAfter, votersBefore);
        int taken = without(votersBefore, votersAfter);
        if (given + taken > 1) {
            throw refused(
                    Kind.CHANGE_TOO_LARGE,
                    "more than one vote would be given or taken; do it one by one: given=" + given + " taken=" + taken);
        }
    }

    private void checkNames() {
        long names = wanted.stream().map(GroupMember::name).distinct().count();
        if (names != wanted.size()) {
            throw refused(Kind.CHANGE_INVALID, "members must have different names");
        }
    }

    private static Set<String> ids(List<GroupMember> members) {
        return members.stream().map(GroupMember::id).collect(Collectors.toSet());
    }

    private static int without(Set<String> ids, Set<String> others) {
        Set<String> left = new HashSet<>(ids);
        left.removeAll(others);
        return left.size();
    }

    EngineException refused(Kind kind, String why) {
        return refused(kind, why, null);
    }

    EngineException refused(Kind kind, String why, @Nullable Throwable cause) {
        return new EngineException(
                kind, "members were not changed: " + why + " present=" + before + " wanted=" + wanted, null, cause);
    }

    /** In Ratis' words, to be done only if the members are still those. With lists: the overloads with arrays lose the voters. */
    Arguments arguments(RaftConfiguration current) {
        return Arguments.newBuilder()
                .setMode(Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(List.copyOf(current.getCurrentPeers(RaftPeerRole.FOLLOWER)))
                .setListenersInCurrentConf(List.copyOf(current.getCurrentPeers(RaftPeerRole.LISTENER)))
                .setServersInNewConf(peers(true))
                .setListenersInNewConf(peers(false))
                .build();
    }

    private List<RaftPeer> peers(boolean voters) {
        return Configurations.toRatis(
                wanted.stream().filter(member -> member.voter() == voters).toList());
    }
}
