package io.metastore.raft.internal.members;

import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a leader does next for an operation. Worked out from the operation's record and the group as it is, never from what was done before: so a leader
 * that takes an operation over goes on where the group is, and a step that was made twice is found made.
 */
public sealed interface NextStep {

    /** What to show while it is made. */
    String text();

    /** Change the group to these members, in one step. Each differs from the group as it is in no more than one voter joining. */
    record Change(List<GroupMember> wanted, String text, boolean last) implements NextStep {}

    /** Hand leadership to the member, or to the best prepared when null; whoever leads then goes on. */
    record Transfer(@Nullable String to, String text) implements NextStep {}

    /** Nothing until the group or what is known of it has changed. */
    record Wait(String text, long done, long total) implements NextStep {}

    /** It is so. */
    record Done(String text) implements NextStep {}

    /** It cannot be done. */
    record Fail(Refusal refusal) implements NextStep {
        @Override
        public String text() {
            return refusal.message();
        }
    }

    /** The next step of an operation that is not over. */
    static NextStep of(StoredOperation operation, Roster roster) {
        return new Planner(operation, roster).next();
    }

    /** One look at one operation. */
    final class Planner {

        private final StoredOperation operation;
        private final Roster roster;
        private final GroupConfiguration group;
        private final String target;

        Planner(StoredOperation operation, Roster roster) {
            this.operation = operation;
            this.roster = roster;
            this.group = roster.configuration();
            this.target = operation.info().target();
        }

        NextStep next() {
            if (!group.stable()) {
                return new Wait("another change of the group is being committed", 0, -1);
            }
            if (operation.phase() == StoredOperation.Phase.BACK) {
                return takeBack();
            }
            return switch (operation.type()) {
                case ADD_VOTER, ADD_OBSERVER -> add();
                case REPLACE -> replace();
                case PROMOTE -> promote();
                case DEMOTE -> demote();
                case REMOVE, LEAVE -> remove();
                case TRANSFER_LEADERSHIP -> transfer();
                case STEP_DOWN -> stepDown();
                case CHANGE_ADDRESS, CHECKPOINT, REPLACE_IMAGE, VERIFY, EXPORT, DUMP, AUDIT -> new Done("done");
            };
        }

        /** A member that came in with the operation and has no vote yet goes out again. */
        private NextStep takeBack() {
            GroupMember member = group.withName(target);
            boolean came =
                    !operation.known() && member != null && member.id().equals(operation.member()) && !member.voter();
            return came ? new Change(without(target), "taking " + target + " out again", true) : new Done("taken back");
        }

        private NextStep add() {
            if (operation.member().isEmpty()) {
                String how = operation.isReadmission()
                        ? "come back, as before, or with an empty directory and join(..)"
                        : "start with join(..)";
                return new Wait("waiting for " + target + " to " + how, 0, -1);
            }
            GroupMember inGroup = group.withName(target);
            if (inGroup == null) {
                return new Change(
                        with(observer(operation.member(), operation.address())),
                        "bringing " + target + " up to date",
                        !operation.votes());
            }
            if (!inGroup.id().equals(operation.member())) {
                return fail(
                        Reason.DUPLICATE_NAME,
                        "another incarnation of the member was taken in meanwhile: member=" + target + " asked="
                                + operation.member() + " found=" + inGroup.id());
            }
            return operation.votes() ? vote(inGroup) : new Done("done");
        }

        private NextStep replace() {
            if (operation.member().isEmpty()) {
                return new Wait("waiting for the new incarnation of " + target + " to start with join(..)", 0, -1);
            }
            GroupMember inGroup = group.withName(target);
            if (inGroup != null && inGroup.id().equals(operation.member())) {
                return operation.votes() ? vote(inGroup) : new Done("done");
            }
            List<GroupMember> wanted = new ArrayList<>(without(target));
            wanted.add(observer(operation.member(), operation.address()));
            return guarded(
                    "replacing " + target,
                    wanted,
                    "taking " + target + " out and its new incarnation in",
                    !operation.votes());
        }

        /** Gives a member of the group its vote, once it has what the others have. */
        private NextStep vote(GroupMember member) {
            if (member.voter()) {
                return new Done("done");
            }
            if (!roster.isAlive(member)) {
                return new Wait("waiting for " + target + " to answer", 0, -1);
            }
            if (!roster.isNear(member)) {
                return new Wait(target + " is catching up", Math.max(0, roster.has(target)), roster.last());
            }
            return guarded(
                    "promoting " + target,
                    changed(target, one -> new GroupMember(one.id(), one.address(), true)),
                    "giving " + target + " a vote",
                    true);
        }

        private NextStep promote() {
            GroupMember member = group.withName(target);
            return member == null ? unknown() : vote(member);
        }

        private NextStep demote() {
            GroupMember member = group.withName(target);
            if (member == null) {
                return unknown();
            }
            if (!member.voter()) {
                return new Done("done");
            }
            if (roster.isLeader(target) && group.voters().size() > 1) {
                return new Transfer(null, "handing leadership over from " + target);
            }
            return guarded(
                    "demoting " + target,
                    changed(target, one -> new GroupMember(one.id(), one.address(), false)),
                    "taking the vote of " + target,
                    true);
        }

        private NextStep remove() {
            GroupMember member = group.withName(target);
            if (member == null || (!operation.member().isEmpty() && !member.id().equals(operation.member()))) {
                return new Done("done");
            }
            if (member.voter() && group.voters().size() == 1) {
                return fail(
                        Reason.LAST_VOTER,
                        "the last voter cannot be removed: member=" + target + "; promote another member first");
            }
            NextStep behind = operation.type() == OperationType.LEAVE && member.voter() ? untilOthersAreNear() : null;
            if (behind != null) {
                return behind;
            }
            if (roster.isLeader(target)) {
                return new Transfer(null, "handing leadership over from " + target);
            }
            String text = "taking " + target + " out";
            return member.voter()
                    ? guarded("removing " + target, without(target), text, true)
                    : new Change(without(target), text, true);
        }

        /** Who leaves in good order goes when the others can do without it; null when they can, or cannot for another reason. */
        private @Nullable NextStep untilOthersAreNear() {
            List<GroupMember> left =
                    without(target).stream().filter(GroupMember::voter).toList();
            Refusal refusal = Guards.check("removing " + target, roster, left, false);
            if (refusal == null || refusal.reason() != Reason.NOT_CAUGHT_UP) {
                return null;
            }
            GroupMember next = left.stream()
                    .filter(voter -> roster.isAlive(voter) && !roster.isNear(voter))
                    .max(Comparator.comparing((GroupMember voter) -> roster.has(voter.name()))
                            .thenComparing(GroupMember::name))
                    .orElseThrow();
            return new Wait(
                    "waiting for " + next.name() + " to catch up", Math.max(0, roster.has(next.name())), roster.last());
        }

        private NextStep transfer() {
            GroupMember member = group.withName(target);
            if (member == null) {
                return unknown();
            }
            if (roster.isLeader(target)) {
                return new Done("done");
            }
            if (!member.voter()) {
                return fail(
                        Reason.NOT_A_VOTER,
                        "a member without a vote cannot lead: member=" + target + "; promote it first");
            }
            return new Transfer(target, "handing leadership to " + target);
        }

        private NextStep stepDown() {
            return roster.isLeader(target)
                    ? new Transfer(null, "handing leadership over from " + target)
                    : new Done("done");
        }

        private NextStep guarded(String what, List<GroupMember> wanted, String text, boolean last) {
            Refusal refusal = Guards.check(
                    what, roster, wanted.stream().filter(GroupMember::voter).toList(), operation.force());
            return refusal == null ? new Change(wanted, text, last) : new Fail(refusal);
        }

        private NextStep unknown() {
            return fail(
                    Reason.UNKNOWN_MEMBER,
                    "no member has that name: member=" + target + " members="
                            + group.members().stream()
                                    .map(GroupMember::name)
                                    .sorted()
                                    .toList());
        }

        private static NextStep fail(Reason reason, String message) {
            return new Fail(new Refusal(reason, message));
        }

        private static GroupMember observer(String id, String address) {
            return new GroupMember(id, address, false);
        }

        private List<GroupMember> with(GroupMember added) {
            return Stream.concat(group.members().stream(), Stream.of(added)).toList();
        }

        private List<GroupMember> without(String name) {
            Predicate<GroupMember> other = member -> !member.name().equals(name);
            return group.members().stream().filter(other).toList();
        }

        private List<GroupMember> changed(String name, java.util.function.UnaryOperator<GroupMember> change) {
            return group.members().stream()
                    .map(member -> member.name().equals(name) ? change.apply(member) : member)
                    .toList();
        }
    }
}
