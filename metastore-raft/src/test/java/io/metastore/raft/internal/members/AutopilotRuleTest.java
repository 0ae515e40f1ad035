package io.metastore.raft.internal.members;

import static io.metastore.raft.internal.members.Rosters.asked;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Autopilot;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.StoredOperation.Phase;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutopilotRuleTest {

    private static final Duration LONG = Duration.ofMinutes(20);
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);

    private static final String[] STATES = {"", "?", "!"};

    private static Autopilot.Builder settings() {
        return Autopilot.builder().deadAfter(Duration.ofMinutes(10)).stabilisation(Duration.ofSeconds(30));
    }

    /** Everybody as in the roster for so long. */
    private static Vitals vitals(Roster roster, Duration time) {
        Vitals vitals = new Vitals();
        Duration rough = time.minusSeconds(Math.min(60, time.toSeconds()));
        for (Duration at = Duration.ZERO; at.compareTo(rough) < 0; at = at.plus(Vitals.STEP_MAX)) {
            vitals.note(roster, at.toNanos());
        }
        note(vitals, roster, rough, time);
        return vitals;
    }

    private static void note(Vitals vitals, Roster roster, Duration from, Duration to) {
        for (Duration at = from; at.compareTo(to) <= 0; at = at.plusSeconds(1)) {
            vitals.note(roster, at.toNanos());
        }
    }

    private static AutopilotRule.Facts facts(Roster roster, Vitals vitals, StoredOperation... operations) {
        return new AutopilotRule.Facts(roster, vitals, LONG, false, List.of(operations), NOW);
    }

    private static String text(AutopilotDecision decision) {
        if (decision instanceof AutopilotDecision.Promote promote) {
            return "promote " + promote.observer();
        } else if (decision instanceof AutopilotDecision.Remove remove) {
            return "remove " + remove.voter();
        } else if (decision instanceof AutopilotDecision.Cancel cancel) {
            return "cancel " + cancel.operation();
        } else if (decision instanceof AutopilotDecision.Nothing nothing) {
            return (nothing.isStuck() ? "stuck: " : "nothing: ") + nothing.reason();
        }
        throw new AssertionError(decision);
    }

    private static String decide(Autopilot settings, AutopilotRule.Facts facts) {
        return text(AutopilotRule.decide(settings, facts));
    }

    private static String decide(String group, Autopilot settings) {
        Roster roster = Rosters.of(group);
        return decide(settings, facts(roster, vitals(roster, LONG)));
    }

    @ParameterizedTest
    @CsvSource({
        "fe1 fe2 fe3 o1/, 3, nothing: no voter is dead",
        "fe1, 1, nothing: no voter is dead",
        "fe1 fe2 fe3! o1/ o2/, 3, promote o1",
        "fe1 fe2 fe3! o1/! o2/, 3, promote o2",
        "fe1 fe2 fe3! o1/? o2/, 3, promote o2",
        "fe1 fe2 fe3! kept/ o2/, 3, promote o2",
        "fe1 fe2 fe3! o1, 3, remove fe3",
        "fe1 fe2 fe3! o1 o2/, 3, remove fe3",
        "fe1 fe2 fe3!, 3, stuck: there is no observer",
        "fe1 fe2 fe3!, 1, stuck: there is no observer",
        "fe1 fe2 fe3! o1/!, 3, stuck: no observer can take over: o1 does not answer",
        "fe1 fe2 fe3! o1/?, 3, stuck: o1 is behind by",
        "fe1 fe2 fe3! kept/, 3, stuck: kept is kept an observer",
        "fe1 fe2! fe3! o1/, 3, stuck: only 1 of 3 voters answer",
        "fe1 fe2! o1/, 1, stuck: only 1 of 2 voters answer",
        "fe1 fe2 fe3! fe4! o1/, 3, stuck: only 2 of 4 voters answer",
        "fe1 fe2? fe3! o1/, 3, stuck: writes would have to wait",
        "fe1 fe2? fe3! o1, 3, remove fe3",
        "fe1 fe2? fe3! o1?, 3, stuck: writes would have to wait",
        "fe1 fe2 fe3 fe4! fe5! o1/, 3, promote o1",
        "fe1 fe2 fe3 o1 fe4! fe5!, 5, remove fe4",
        "fe1 fe2 fe3 fe4! fe5!, 3, remove fe4",
        "fe1 fe2 fe3 fe4! fe5!, 5, stuck: there is no observer",
        "fe1 fe2 fe3 fe4! fe5! o1/?, 3, stuck: o1 is behind by",
        "fe1 fe2 fe3 fe4! fe5! kept/ o2/!, 3, remove fe4",
        "fe1 fe2 fe3 fe4 fe5!, 3, stuck: there is no observer",
        "fe1 fe2 fe3 fe4!, 3, remove fe4",
        "fe1 fe2 fe3 fe4!, 5, stuck: there is no observer",
        "fe1 fe2 fe3 fe4! o1/, 5, promote o1",
    })
    void deadVotersAreReplacedWhereThatHelps(String group, int votersMin, String expected) {
        String decided = decide(
                group, settings().votersMin(votersMin).keptObservers("kept").build());
        if (expected.startsWith("stuck: ")) {
            assertThat(decided).startsWith("stuck: ").contains(expected.substring("stuck: ".length()));
        } else {
            assertThat(decided).isEqualTo(expected);
        }
    }

    /** Every number of voters, of dead ones and of observers: what it does on paper until it stops. */
    @Test
    void whereverItBeginsItLosesNoToleranceAndEndsAtTheMinimumOrAbove() {
        int acted = 0;
        for (int alive = 1; alive <= 6; alive++) {
            for (int dead = 0; dead < alive; dead++) {
                for (int observers = 0; observers <= 3; observers++) {
                    for (int votersMin = 1; votersMin <= 7; votersMin += 2) {
                        acted += play(group(alive, dead, observers), votersMin);
                    }
                }
            }
        }
        assertThat(acted).isGreaterThan(300);
    }

    private static String group(int alive, int dead, int observers) {
        List<String> words = new ArrayList<>();
        for (int i = 1; i <= alive; i++) {
            words.add("fe" + i);
        }
        for (int i = 1; i <= dead; i++) {
            words.add("dead" + i + "!");
        }
        for (int i = 1; i <= observers; i++) {
            words.add("o" + i + "/");
        }
        return String.join(" ", words);
    }

    private static int play(String group, int votersMin) {
        Roster roster = Rosters.of(group);
        Autopilot settings = settings().votersMin(votersMin).build();
        for (int steps = 0; steps < 20; steps++) {
            AutopilotDecision decision = AutopilotRule.decide(settings, facts(roster, vitals(roster, LONG)));
            String what = group + " votersMin=" + votersMin + " step=" + steps + " " + decision;
            if (decision instanceof AutopilotDecision.Nothing nothing) {
                boolean dead = roster.voters().stream()
                        .anyMatch(voter ->
                                !voter.name().startsWith("fe") && !voter.name().startsWith("o"));
                assertThat(nothing.isStuck()).as(what).isEqualTo(dead);
                assertThat(dead && !roster.configuration().observers().isEmpty())
                        .as(what)
                        .isFalse();
                return steps;
            }
            Roster after = after(roster, decision);
            assertThat(tolerance(after))
                    .as(what)
                    .isGreaterThanOrEqualTo(tolerance(roster))
                    .isNotNegative();
            if (decision instanceof AutopilotDecision.Remove remove) {
                assertThat(remove.voter()).as(what).startsWith("dead");
                assertThat(after.voters()).as(what).hasSizeGreaterThanOrEqualTo(votersMin);
            }
            roster = after;
        }
        throw new AssertionError("no end: " + group + " votersMin=" + votersMin);
    }

    private static int tolerance(Roster roster) {
        int alive = (int) roster.voters().stream().filter(roster::isAlive).count();
        return alive - Guards.majority(roster.voters());
    }

    private static Roster after(Roster roster, AutopilotDecision decision) {
        OperationType type =
                decision instanceof AutopilotDecision.Promote ? OperationType.PROMOTE : OperationType.REMOVE;
        String target = decision instanceof AutopilotDecision.Promote promote
                ? promote.observer()
                : ((AutopilotDecision.Remove) decision).voter();
        assertThat(Requests.check(asked(type, target), roster, List.of())).isNull();
        return Rosters.after(roster, NextStep.of(asked(type, target), roster), null);
    }

    /** What the order of the two changes rests on. */
    @Test
    void wheneverTheDeadVoterCouldGoFirstTheObserverCanComeFirst() {
        int possible = 0;
        for (int voters = 2; voters <= 7; voters++) {
            for (int states = 0; states < Math.pow(3, voters - 2); states++) {
                List<String> words = new ArrayList<>(List.of("fe1"));
                for (int i = 0, rest = states; i < voters - 2; i++, rest /= 3) {
                    words.add("fe" + (i + 2) + STATES[rest % 3]);
                }
                words.add("dead!");
                Roster roster = Rosters.of(String.join(" ", words) + " o1/");
                Refusal removing = Guards.check("", roster, without(roster, "dead"), false);
                Refusal promoting = Guards.check("", roster, with(roster, "o1"), false);
                if (removing == null) {
                    possible++;
                    assertThat(promoting).as(words.toString()).isNull();
                }
            }
        }
        assertThat(possible).isGreaterThan(50);
    }

    private static List<GroupMember> without(Roster roster, String name) {
        return roster.voters().stream()
                .filter(voter -> !voter.name().equals(name))
                .toList();
    }

    private static List<GroupMember> with(Roster roster, String observer) {
        return Stream.concat(
                        roster.voters().stream(),
                        roster.configuration().observers().stream()
                                .filter(member -> member.name().equals(observer)))
                .toList();
    }

    @Test
    void voterIsDeadOnlyAfterItsTime() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/");
        Autopilot settings = settings().build();
        assertThat(decide(settings, facts(roster, vitals(roster, Duration.ofSeconds(599)))))
                .isEqualTo("nothing: no voter is dead");
        assertThat(decide(settings, facts(roster, vitals(roster, Duration.ofMinutes(10)))))
                .isEqualTo("promote o1");
        // then one that answers at the last moment is not
        assertThat(decide(settings, facts(Rosters.of("fe1 fe2 fe3 o1/"), vitals(roster, LONG))))
                .isEqualTo("nothing: no voter is dead");
    }

    @Test
    void theOneThatIsSilentLongestGoesFirst() {
        Vitals vitals = vitals(Rosters.of("fe1 fe2 fe3 o1 fe4 fe5!"), Duration.ofMinutes(1));
        Roster both = Rosters.of("fe1 fe2 fe3 o1 fe4! fe5!");
        note(vitals, both, Duration.ofMinutes(1), LONG);
        assertThat(decide(settings().build(), facts(both, vitals))).isEqualTo("remove fe5");
    }

    @Test
    void observerIsTakenOnlyWhenItHasBeenWellForLongEnough() {
        Autopilot settings = settings().build();
        Vitals vitals = vitals(Rosters.of("fe1 fe2 fe3! o1/?"), LONG);
        Roster well = Rosters.of("fe1 fe2 fe3! o1/");
        note(vitals, well, LONG, LONG.plusSeconds(29));
        assertThat(decide(settings, facts(well, vitals)))
                .startsWith("nothing: ")
                .endsWith("no observer can take over: o1 has been well for 29 s of 30 s");
        vitals.note(well, LONG.plusSeconds(30).toNanos());
        assertThat(decide(settings, facts(well, vitals))).isEqualTo("promote o1");
        // then nobody is removed for want of an observer while one is about to be ready
        Roster twoDead = Rosters.of("fe1 fe2 fe3 fe4! fe5! o1/");
        Vitals young = vitals(Rosters.of("fe1 fe2 fe3 fe4! fe5! o1/!"), LONG);
        young.note(twoDead, LONG.toNanos());
        assertThat(decide(settings, facts(twoDead, young))).startsWith("nothing: ");
    }

    @Test
    void anotherIncarnationDoesNotAnswerForTheOneThatHasTheVote() {
        Roster roster = Rosters.of("fe1 fe2 fe3 o1/");
        java.util.HashMap<String, Roster.Seen> seen = new java.util.HashMap<>(roster.seen());
        seen.put("fe3", new Roster.Seen(Rosters.id("fe3", 2), 0));
        Roster emptied = new Roster(roster.configuration(), "fe1", roster.last(), seen);
        assertThat(decide(settings().build(), facts(emptied, vitals(emptied, LONG))))
                .isEqualTo("promote o1");
    }

    private static AutopilotRule.Facts led(Roster roster, @Nullable Duration leads, boolean paused) {
        return new AutopilotRule.Facts(roster, vitals(roster, LONG), leads, paused, List.of(), NOW);
    }

    @Test
    void onlyALeaderThatHasLedForAWhileActs() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/");
        Autopilot settings = settings().build();
        assertThat(decide(settings, led(roster, null, false))).startsWith("nothing: the leader decides");
        assertThat(decide(settings, led(roster, Duration.ofSeconds(29), false)))
                .startsWith("nothing: this member has led for 29 s of 30 s");
        assertThat(decide(settings, led(roster, Duration.ofSeconds(30), false))).isEqualTo("promote o1");
        assertThat(decide(settings, led(roster, LONG, true)))
                .startsWith("stuck: ")
                .endsWith("elections are paused");
        // then those that do not lead say too what is missing
        assertThat(decide(settings, led(Rosters.of("fe1 fe2 fe3!"), null, false)))
                .startsWith("stuck: ");
    }

    @Test
    void nothingIsDoneWhileTheGroupIsBeingChanged() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/");
        GroupConfiguration changing =
                new GroupConfiguration(7, roster.configuration().members(), false);
        Roster unstable = new Roster(changing, "fe1", roster.last(), roster.seen());
        assertThat(decide(settings().build(), facts(unstable, vitals(roster, LONG))))
                .startsWith("nothing: ");
    }

    private static StoredOperation by(String who, StoredOperation operation) {
        var info = operation.info();
        return new StoredOperation(
                new io.metastore.api.Operation(
                        info.id(),
                        info.type(),
                        info.target(),
                        who,
                        info.state(),
                        info.step(),
                        info.started(),
                        info.ended(),
                        info.error(),
                        info.done(),
                        info.total()),
                operation.address(),
                operation.member(),
                operation.old(),
                operation.votes(),
                operation.force(),
                operation.known(),
                operation.phase(),
                operation.failure());
    }

    private static StoredOperation own(OperationType type, String target) {
        return by(Autopilot.REQUESTED_BY, asked(type, target));
    }

    @Test
    void nothingIsBegunWhileAnOperationIsOpen() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/ o2/");
        Vitals vitals = vitals(roster, LONG);
        Autopilot settings = settings().build();
        assertThat(decide(settings, facts(roster, vitals, asked(OperationType.PROMOTE, "o2"))))
                .startsWith("stuck: ")
                .contains("operation 1 is open: type=PROMOTE target=o2 requestedBy=fe1");
        assertThat(decide(settings, facts(roster, vitals, asked(OperationType.REPLACE, "fe3", "", false))))
                .startsWith("stuck: ");
        assertThat(decide(settings, facts(roster, vitals, own(OperationType.PROMOTE, "o1"))))
                .startsWith("nothing: operation 1 is open");
        StoredOperation again = StoredOperation.readmission(
                1, new Membership.Member("fe4", "fe4:1", MemberRole.VOTER, Optional.empty()), NOW);
        assertThat(decide(settings, facts(roster, vitals, again))).isEqualTo("promote o1");
        assertThat(decide(settings, facts(roster, vitals, again.withMember("fe4@" + new UUID(1, 2), "fe4:1"))))
                .startsWith("stuck: ");
        Roster well = Rosters.of("fe1 fe2 fe3 o1/");
        assertThat(decide(settings, facts(well, vitals(well, LONG), asked(OperationType.PROMOTE, "o1"))))
                .startsWith("nothing: ");
    }

    @Test
    void promotionOfAnObserverThatIsGoneIsTakenBackUnlessItIsTooLate() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/! o2/");
        Vitals vitals = vitals(roster, LONG);
        Autopilot settings = settings().build();
        StoredOperation promotion = own(OperationType.PROMOTE, "o1");
        StoredOperation others = asked(OperationType.ADD_OBSERVER, "o9", "", false);
        assertThat(decide(settings, facts(roster, vitals, promotion))).isEqualTo("cancel 1");
        assertThat(decide(settings, facts(roster, vitals, others, promotion))).isEqualTo("cancel 1");
        assertThat(decide(settings, facts(roster, vitals, promotion.in(Phase.LAST))))
                .startsWith("nothing: ");
        assertThat(decide(settings, facts(roster, vitals, asked(OperationType.PROMOTE, "o1"))))
                .startsWith("stuck: ");
        assertThat(decide(settings, facts(roster, vitals(roster, Duration.ofSeconds(29)), promotion)))
                .startsWith("nothing: ");
    }

    @Test
    void whatFailedIsNotTriedAgainAtOnce() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/");
        Vitals vitals = vitals(roster, LONG);
        Autopilot settings = settings().build();
        for (OperationState state : List.of(OperationState.FAILED, OperationState.CANCELLED)) {
            StoredOperation recent = own(OperationType.PROMOTE, "o1").over(state, NOW.minusSeconds(599), "why");
            StoredOperation old = own(OperationType.PROMOTE, "o1").over(state, NOW.minusSeconds(600), "why");
            assertThat(decide(settings, facts(roster, vitals, recent)))
                    .startsWith("stuck: ")
                    .contains("ended as " + state);
            assertThat(decide(settings, facts(roster, vitals, old))).isEqualTo("promote o1");
            assertThat(decide(settings, facts(roster, vitals, by("fe2", recent))))
                    .isEqualTo("promote o1");
            StoredOperation done =
                    own(OperationType.PROMOTE, "o1").over(OperationState.DONE, NOW.minusSeconds(5), null);
            assertThat(decide(settings, facts(roster, vitals, done, recent))).isEqualTo("promote o1");
        }
    }

    @Test
    void aPauseOfTheProcessIsNoSilenceOfTheOthers() {
        Roster roster = Rosters.of("fe1 fe2 fe3! o1/");
        GroupMember silent = roster.configuration().withName("fe3");
        Vitals vitals = new Vitals();
        vitals.note(roster, 0);
        vitals.note(roster, Duration.ofHours(1).toNanos());
        assertThat(silent).isNotNull();
        assertThat(vitals.silence(silent)).isEqualTo(Vitals.STEP_MAX);
        vitals.note(roster, Duration.ofHours(1).plusSeconds(1).toNanos());
        assertThat(vitals.silence(silent)).isEqualTo(Vitals.STEP_MAX.plusSeconds(1));
        // then an answer ends it
        vitals.note(
                Rosters.of("fe1 fe2 fe3 o1/"),
                Duration.ofHours(1).plusSeconds(2).toNanos());
        assertThat(vitals.silence(silent)).isZero();
        assertThat(vitals.well(silent)).isEqualTo(Duration.ofSeconds(1));
        assertThat(vitals.well(new GroupMember(Rosters.id("fe3", 2), "fe3:1", true)))
                .isZero();
    }
}
