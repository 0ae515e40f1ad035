package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How many more voters may be lost while writes go on. */
final class FailureTolerance {

    private final Members members;

    FailureTolerance(Members members) {
        this.members = members;
    }

    /** Whether the member answered in the life the group knows it in: a new incarnation has no vote of the old one's. */
    boolean isItself(String name, MemberFacts facts) {
        String id = facts.text("id");
        Engine engine = members.engine();
        GroupMember member = engine == null ? null : engine.configuration().withName(name);
        return member == null || id.isEmpty() || id.equals(member.id());
    }

    /**
     * Of the voters before and after a change that is under way the smaller number.
     *
     * @param answering names of those that can be counted on: one that is far behind answers, and a majority with it has to wait for it
     */
    int of(Set<String> answering) {
        Engine engine = members.engine();
        GroupConfiguration group = engine == null ? GroupConfiguration.unknown() : engine.configuration();
        if (group.members().isEmpty()) {
            List<String> voters = members.peers().members().stream()
                    .filter(member -> member.role() == MemberRole.VOTER)
                    .map(Membership.Member::name)
                    .toList();
            return of(voters, answering);
        }
        List<String> now = group.voters().stream().map(GroupMember::name).toList();
        int after = of(now, answering);
        if (group.stable()) {
            return after;
        }
        List<String> before = Stream.concat(group.members().stream(), group.leaving().stream())
                .filter(GroupMember::voter)
                .map(GroupMember::name)
                .distinct()
                .toList();
        return Math.min(after, of(before, answering));
    }

    private static int of(List<String> voters, Set<String> answering) {
        int alive = (int) voters.stream().filter(answering::contains).count();
        return Math.max(0, alive - (voters.size() / 2 + 1));
    }
}
