package io.metastore.raft.internal.members;

import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether an operation may begin: what is wrong with it as asked, before anything is recorded. */
public final class Requests {

    private Requests() {}

    /**
     * Checks a request.
     *
     * @param asked as it would be recorded
     * @param open operations that are not over
     * @return null when it may begin
     */
    public static @Nullable Refusal check(StoredOperation asked, Roster roster, List<StoredOperation> open) {
        String target = asked.info().target();
        if (!open.isEmpty()) {
            StoredOperation other = open.get(0);
            return new Refusal(
                    Reason.CHANGE_IN_PROGRESS,
                    "another operation is under way: id=" + other.info().id() + " type=" + other.type() + " target="
                            + other.info().target() + " step='" + other.info().step()
                            + "'; wait for its end, or cancel it");
        }
        if (roster.leader() == null) {
            return new Refusal(
                    Reason.NO_LEADER,
                    "nobody leads who could carry it out: " + roster.voterCount()
                            + "; bring up a majority of the voters, or resume elections");
        }
        GroupMember member = roster.configuration().withName(target);
        return switch (asked.type()) {
            case ADD_VOTER, ADD_OBSERVER -> checkAdded(asked, member, roster);
            case PROMOTE ->
                member != null && member.voter() ? alreadySo(target, "has a vote") : firstStep(asked, roster);
            case DEMOTE -> checkDemoted(asked, member, roster);
            case REMOVE -> checkRemoved(asked, member, roster);
            case LEAVE -> member == null ? unknown(target, roster) : firstStep(asked, roster);
            case REPLACE -> checkReplaced(asked, member, roster);
            case TRANSFER_LEADERSHIP -> checkTransfer(asked, member, roster);
            case STEP_DOWN -> checkStepDown(roster);
            case CHANGE_ADDRESS -> checkAddress(target, asked.address(), roster);
            case CHECKPOINT, REPLACE_IMAGE, VERIFY, EXPORT, DUMP, AUDIT ->
                throw new IllegalArgumentException("a job is asked of its member: type=" + asked.type());
        };
    }

    private static @Nullable Refusal checkAdded(StoredOperation asked, @Nullable GroupMember member, Roster roster) {
        String target = asked.info().target();
        if (member != null) {
            return new Refusal(
                    Reason.DUPLICATE_NAME,
                    "a member has that name already: member=" + member.id() + " address=" + roster.address(member)
                            + (roster.isAlive(member) ? " and it answers" : " and it does not answer")
                            + "; choose another name, or, when it has lost its directory, call replace(\"" + target
                            + "\") or open it with autoReplace()");
        }
        return checkAddress(target, asked.address(), roster);
    }

    private static @Nullable Refusal checkAddress(String target, String address, Roster roster) {
        for (GroupMember other : roster.configuration().members()) {
            if (!other.name().equals(target) && roster.address(other).equals(address)) {
                return new Refusal(
                        Reason.DUPLICATE_ADDRESS,
                        "a member has that address already: address=" + address + " member=" + other.name()
                                + "; give each member its own");
            }
        }
        return null;
    }

    private static @Nullable Refusal checkDemoted(StoredOperation asked, @Nullable GroupMember member, Roster roster) {
        String target = asked.info().target();
        if (member != null && !member.voter()) {
            return alreadySo(target, "has no vote");
        }
        Refusal leads = checkLeads(target, roster);
        return leads != null ? leads : firstStep(asked, roster);
    }

    private static @Nullable Refusal checkRemoved(StoredOperation asked, @Nullable GroupMember member, Roster roster) {
        String target = asked.info().target();
        if (member == null) {
            return unknown(target, roster);
        }
        Refusal leads = asked.force() ? null : checkLeads(target, roster);
        return leads != null ? leads : firstStep(asked, roster);
    }

    private static @Nullable Refusal checkLeads(String target, Roster roster) {
        if (!roster.isLeader(target)) {
            return null;
        }
        return roster.voters().size() == 1
                ? new Refusal(
                        Reason.LAST_VOTER,
                        "the last voter has to stay: member=" + target + "; promote another member first")
                : new Refusal(
                        Reason.TARGET_IS_LEADER,
                        "the member leads: member=" + target
                                + "; call transferLeadership(..) or stepDown() first, or leave() on the member itself");
    }

    private static @Nullable Refusal checkReplaced(StoredOperation asked, @Nullable GroupMember member, Roster roster) {
        String target = asked.info().target();
        if (member == null) {
            return unknown(target, roster);
        }
        if (roster.isAlive(member) && !asked.force()) {
            return new Refusal(
                    Reason.MEMBER_ALIVE,
                    "the member that is to be replaced answers: member=" + member.id() + " address="
                            + roster.address(member)
                            + "; stop it first, or remove it");
        }
        List<GroupMember> left = roster.voters().stream()
                .filter(voter -> !voter.name().equals(target))
                .toList();
        return member.voter() ? Guards.check("replacing " + target, roster, left, asked.force()) : null;
    }

    private static @Nullable Refusal checkTransfer(StoredOperation asked, @Nullable GroupMember member, Roster roster) {
        String target = asked.info().target();
        if (roster.isLeader(target)) {
            return alreadySo(target, "leads");
        }
        if (member != null && member.voter() && !roster.isAlive(member)) {
            return new Refusal(
                    Reason.NOT_CAUGHT_UP, "the member does not answer: member=" + target + "; it cannot take over");
        }
        return firstStep(asked, roster);
    }

    private static @Nullable Refusal checkStepDown(Roster roster) {
        boolean other =
                roster.voters().stream().anyMatch(voter -> !roster.isLeader(voter.name()) && roster.isAlive(voter));
        return other
                ? null
                : new Refusal(
                        Reason.QUORUM_WOULD_BE_LOST,
                        "no other voter answers that could lead: " + roster.voterCount() + " leader="
                                + roster.leader());
    }

    /** What the first step would fail by. */
    private static @Nullable Refusal firstStep(StoredOperation asked, Roster roster) {
        return NextStep.of(asked, roster) instanceof NextStep.Fail fail ? fail.refusal() : null;
    }

    private static Refusal unknown(String target, Roster roster) {
        return new Refusal(
                Reason.UNKNOWN_MEMBER,
                "no member has that name: member=" + target + " members="
                        + roster.configuration().members().stream()
                                .map(GroupMember::name)
                                .sorted()
                                .toList());
    }

    private static Refusal alreadySo(String target, String what) {
        return new Refusal(Reason.ALREADY_SO, "nothing to do: member=" + target + " " + what + " already");
    }
}
