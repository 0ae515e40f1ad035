package io.metastore.raft.internal.members;

import io.metastore.api.Autopilot;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.AutopilotDecision.Cancel;
import io.metastore.raft.internal.members.AutopilotDecision.Nothing;
import io.metastore.raft.internal.members.AutopilotDecision.Promote;
import io.metastore.raft.internal.members.AutopilotDecision.Remove;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an autopilot does next. A function of the group as it is and of what is recorded, like {@link NextStep}: there is no plan that a new leader
 * would have to know.
 *
 * <p>The observer gets its vote before the dead voter goes. Both orders are possible in the same situations, because for each number of voters one more voter
 * that is near raises the majority that is needed by no more than one less does ({@code AutopilotRuleTest} tries them all); and this one never goes below the
 * number of voters that is wanted, also when it is cut off in the middle. What is left in the middle is an even number with a dead one among them, and of an even
 * number a dead one is always removed: 2k voters need k + 1, 2k - 1 need k, so one more loss is tolerated after it. Of an odd number the removal gains nothing
 * until a second one is dead.
 */
public final class AutopilotRule {

    private final Autopilot settings;
    private final Facts facts;
    private final Roster roster;
    private final Vitals vitals;

    /**
     * What a decision depends on.
     *
     * @param roster the group, and who answers now
     * @param vitals for how long that has been so
     * @param leads how long this member has led; null when it does not
     * @param electionsPaused whether the operator has paused elections
     * @param operations all that are recorded, newest first
     * @param now what the ends of operations are compared with
     */
    public record Facts(
            Roster roster,
            Vitals vitals,
            @Nullable Duration leads,
            boolean electionsPaused,
            List<StoredOperation> operations,
            Instant now) {

        public Facts {
            operations = List.copyOf(operations);
        }
    }

    private AutopilotRule(Autopilot settings, Facts facts) {
        this.settings = settings;
        this.facts = facts;
        this.roster = facts.roster();
        this.vitals = facts.vitals();
    }

    /** What to do now. Members that do not lead ask too, for what {@link Nothing#isStuck} tells; they never get anything to do. */
    public static AutopilotDecision decide(Autopilot settings, Facts facts) {
        AutopilotDecision wanted = new AutopilotRule(settings, facts).wanted();
        if (wanted instanceof Nothing) {
            return wanted;
        }
        Duration leads = facts.leads();
        if (leads == null) {
            return Nothing.waiting("the leader decides; " + wanted.reason());
        }
        return leads.compareTo(settings.stabilisation()) < 0
                ? Nothing.waiting("this member has led for " + seconds(leads) + " of "
                        + seconds(settings.stabilisation()) + "; " + wanted.reason())
                : wanted;
    }

    private AutopilotDecision wanted() {
        if (!roster.configuration().stable()) {
            return Nothing.waiting("a change of the group is being committed");
        }
        List<GroupMember> dead = dead();
        StoredOperation open = open();
        if (open != null) {
            return underWay(open, dead);
        }
        if (dead.isEmpty()) {
            return Nothing.waiting("no voter is dead");
        }
        Nothing obstacle = obstacle(dead);
        return obstacle != null ? obstacle : replace(dead);
    }

    /** Voters that have not answered for long enough, the longest first. */
    private List<GroupMember> dead() {
        return roster.voters().stream()
                .filter(voter -> !roster.isAlive(voter) && vitals.silence(voter).compareTo(settings.deadAfter()) >= 0)
                .sorted(Comparator.<GroupMember, Duration>comparing(vitals::silence)
                        .reversed()
                        .thenComparing(GroupMember::name))
                .toList();
    }

    /** One of its own first: that is the one it has to look after. Members that a recovery lets in again may never come, so they are not waited for. */
    private @Nullable StoredOperation open() {
        List<StoredOperation> open = facts.operations().stream()
                .filter(operation -> !operation.info().isOver())
                .filter(operation -> !(operation.isReadmission() && operation.waitsForStart()))
                .toList();
        return open.stream().filter(AutopilotRule::isOwn).findFirst().orElse(open.isEmpty() ? null : open.get(0));
    }

    private AutopilotDecision underWay(StoredOperation open, List<GroupMember> dead) {
        String text = "operation " + open.info().id() + " is open: type=" + open.type() + " target="
                + open.info().target() + " requestedBy=" + open.info().requestedBy();
        if (!isOwn(open)) {
            return dead.isEmpty()
                    ? Nothing.waiting(text)
                    : stuck(dead, text, "wait for the end of the operation, or cancel it");
        }
        GroupMember target = roster.configuration().withName(open.info().target());
        boolean canBeTakenBack = open.type() == OperationType.PROMOTE && open.phase() == StoredOperation.Phase.OPEN;
        if (target == null || !canBeTakenBack || roster.isAlive(target)) {
            return Nothing.waiting(text);
        }
        Duration silence = vitals.silence(target);
        return silence.compareTo(settings.stabilisation()) < 0
                ? Nothing.waiting(text)
                : new Cancel(
                        open.info().id(),
                        target.name() + " was to be promoted and has not answered for " + seconds(silence));
    }

    private @Nullable Nothing obstacle(List<GroupMember> dead) {
        if (facts.electionsPaused()) {
            return stuck(dead, "elections are paused", "call cluster().elections().resume()");
        }
        List<GroupMember> voters = roster.voters();
        long alive = voters.stream().filter(roster::isAlive).count();
        if (alive < Guards.majority(voters)) {
            return stuck(
                    dead,
                    "only " + alive + " of " + voters.size() + " voters answer, " + Guards.majority(voters)
                            + " are needed to change anything",
                    "bring voters up until a majority answers");
        }
        StoredOperation last = facts.operations().stream()
                .filter(AutopilotRule::isOwn)
                .findFirst()
                .orElse(null);
        if (last == null || last.info().state() == OperationState.DONE) {
            return null;
        }
        Instant ended = last.info().ended();
        boolean recent = ended != null && Duration.between(ended, facts.now()).compareTo(settings.deadAfter()) < 0;
        return recent
                ? stuck(
                        dead,
                        "operation " + last.info().id() + " of the autopilot ended as "
                                + last.info().state() + " at " + ended + ": type=" + last.type() + " target="
                                + last.info().target() + " error=" + last.info().error(),
                        "mend what the operation failed by; it goes on by itself " + seconds(settings.deadAfter())
                                + " after that end")
                : null;
    }

    private static boolean isOwn(StoredOperation operation) {
        return operation.info().requestedBy().equals(Autopilot.REQUESTED_BY);
    }

    private AutopilotDecision replace(List<GroupMember> dead) {
        int voters = roster.voters().size();
        boolean even = voters % 2 == 0;
        if (even && voters - 1 >= settings.votersMin()) {
            return remove(dead, "");
        }
        List<String> lacking = new ArrayList<>();
        for (GroupMember observer : sortedObservers()) {
            String lacks = lacks(observer);
            if (lacks.isEmpty()) {
                return promote(dead, observer);
            }
            lacking.add(observer.name() + " " + lacks);
        }
        String nobody =
                lacking.isEmpty() ? "there is no observer" : "no observer can take over: " + String.join(", ", lacking);
        return comes() != null ? awaitObserver(dead, nobody) : withoutObserver(dead, nobody);
    }

    /** An observer that answers and may be promoted, only not yet; one that is caught up before others. */
    private @Nullable GroupMember comes() {
        List<GroupMember> coming = sortedObservers().stream()
                .filter(observer -> roster.isAlive(observer) && !isKept(observer))
                .toList();
        return coming.stream().filter(roster::isNear).findFirst().orElse(coming.isEmpty() ? null : coming.get(0));
    }

    private Nothing awaitObserver(List<GroupMember> dead, String nobody) {
        GroupMember coming = comes();
        return coming != null && roster.isNear(coming)
                ? Nothing.waiting(silent(dead.get(0)) + ": " + nobody)
                : stuck(dead, nobody, "wait until the observer has caught up, or start another one");
    }

    private AutopilotDecision withoutObserver(List<GroupMember> dead, String nobody) {
        int voters = roster.voters().size();
        boolean odd = voters % 2 == 1;
        if (odd && dead.size() > 1 && voters - 2 >= settings.votersMin()) {
            return remove(dead, ", " + dead.size() + " voters are dead and " + nobody);
        }
        return stuck(
                dead,
                nobody,
                "start a member with join(..) and observer(), which takes over when it has been well for "
                        + seconds(settings.stabilisation()) + ", or replace or remove the voter yourself");
    }

    private List<GroupMember> sortedObservers() {
        return roster.configuration().observers().stream()
                .sorted(Comparator.comparing(GroupMember::name))
                .toList();
    }

    private boolean isKept(GroupMember observer) {
        return settings.keptObservers().contains(observer.name());
    }

    /** Why the observer cannot be promoted now; empty when it can. */
    private String lacks(GroupMember observer) {
        if (isKept(observer)) {
            return "is kept an observer";
        }
        if (!roster.isAlive(observer)) {
            return "does not answer";
        }
        if (!roster.isNear(observer)) {
            return "is behind by " + roster.behind(observer.name()) + " entries";
        }
        Duration well = vitals.well(observer);
        return well.compareTo(settings.stabilisation()) < 0
                ? "has been well for " + seconds(well) + " of " + seconds(settings.stabilisation())
                : "";
    }

    private AutopilotDecision promote(List<GroupMember> dead, GroupMember observer) {
        List<GroupMember> wanted = Stream.concat(
                        roster.voters().stream(), Stream.of(new GroupMember(observer.id(), observer.address(), true)))
                .toList();
        Refusal refusal = Guards.check("promoting " + observer.name(), roster, wanted, false);
        return refusal != null
                ? refused(dead, refusal)
                : new Promote(observer.name(), observer.name() + " is to take over: " + silent(dead.get(0)));
    }

    private AutopilotDecision remove(List<GroupMember> dead, String why) {
        GroupMember first = dead.get(0);
        List<GroupMember> wanted =
                roster.voters().stream().filter(voter -> !voter.equals(first)).toList();
        Refusal refusal = Guards.check("removing " + first.name(), roster, wanted, false);
        return refusal != null
                ? refused(dead, refusal)
                : new Remove(first.name(), silent(first) + ", " + wanted.size() + " voters are left" + why);
    }

    private Nothing refused(List<GroupMember> dead, Refusal refusal) {
        return stuck(dead, refusal.message(), "see the reason; it goes on by itself");
    }

    private Nothing stuck(List<GroupMember> dead, String why, String remedy) {
        return new Nothing(silent(dead.get(0)) + " and is not replaced: " + why, remedy);
    }

    private String silent(GroupMember voter) {
        return "voter " + voter.name() + " has not answered for " + seconds(vitals.silence(voter));
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }
}
