package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.raft.internal.cluster.ClusterTable;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the member's other parts know of the group as the group is: who is in it, where each listens, which role this member has; and the copy of that
 * on disk. Looks when told that something changed and once a second, so nothing depends on being told.
 *
 * <p>Called on one thread at a time; may wait for the disk.
 */
final class GroupWatch {

    private static final Logger log = LoggerFactory.getLogger(GroupWatch.class);

    private final Members members;
    private final MemberDirectory directory;
    private final ClusterTable table;
    private final Condition condition;
    private final Runnable changed;

    /** @param changed told after each change */
    GroupWatch(Members members, MemberDirectory directory, ClusterTable table, Condition condition, Runnable changed) {
        this.members = members;
        this.directory = directory;
        this.table = table;
        this.condition = condition;
        this.changed = changed;
    }

    /** Looks. A group that is being changed is looked at when that is over; until then the majority of before counts for what is asked of others. */
    synchronized void look() {
        Engine engine = members.engine();
        if (engine == null || condition.isClosed() || condition.hasStopped()) {
            return;
        }
        GroupConfiguration group = engine.configuration();
        if (!group.stable() || group.members().isEmpty()) {
            return;
        }
        for (GroupMember member : group.members()) {
            members.addresses().recorded(member.id(), table.address(member.id()));
        }
        List<Membership.Member> now = members.asMembers(group);
        boolean others = !now.equals(members.peers().members());
        members.peers(others ? new Peers(members.self(), now) : members.peers(), group);
        boolean isIn = group.withId(members.id()) != null;
        if (isIn) {
            condition.joined();
        }
        if (group.index() <= engine.commitIndex()) {
            writeOrWarn(group, now, isIn);
        }
        if (others) {
            log.info("members are: member={} index={} members={}", members.self(), group.index(), group.members());
            changed.run();
        }
    }

    /** Nothing that was acknowledged depends on the copy; the journal has the original. */
    private void writeOrWarn(GroupConfiguration group, List<Membership.Member> now, boolean isIn) {
        try {
            write(group, now, isIn);
        } catch (MetastoreException e) {
            log.warn("who is in the cluster was not written down: member={} reason={}", members.self(), e.getMessage());
        }
    }

    /** What is on disk follows what is committed, so that a start knows where to look for the others. */
    private void write(GroupConfiguration group, List<Membership.Member> now, boolean isIn) {
        Membership before = directory.membership();
        if (!isIn && before.member(members.self()).isPresent()) {
            return; // It was removed. Were that written down, the next start would take it for one that wants to come
            // in.
        }
        if (!before.members().equals(sorted(now))) {
            directory.updateMembership(new Membership(before.epoch(), before.formed(), group.index(), now));
        }
        if (isIn) {
            MemberRole role = members.peers().votes() ? MemberRole.VOTER : MemberRole.OBSERVER;
            if (directory.identity().role() != role) {
                directory.updateRole(role);
            }
        }
    }

    private static List<Membership.Member> sorted(List<Membership.Member> members) {
        return members.stream()
                .sorted(Comparator.comparing(Membership.Member::name))
                .toList();
    }
}
