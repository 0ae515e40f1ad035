package io.metastore.raft.internal.members;

import static io.metastore.raft.internal.members.Rosters.asked;
import static io.metastore.raft.internal.members.Rosters.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.members.StoredOperation.Phase;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextStepTest {

    /** Carries an operation out on paper; another voter leads after each hand-over. */
    private static List<String> steps(StoredOperation operation, String group) {
        List<String> steps = new ArrayList<>();
        Roster roster = Rosters.of(group);
        for (int i = 0; i < 10; i++) {
            NextStep step = NextStep.of(operation, roster);
            if (step instanceof NextStep.Done) {
                return steps;
            } else if (step instanceof NextStep.Change) {
                roster = Rosters.after(roster, step, null);
                steps.add(Rosters.text(roster.configuration()));
            } else if (step instanceof NextStep.Transfer transfer) {
                String before = roster.leader();
                String next = transfer.to() != null
                        ? transfer.to()
                        : roster.voters().stream()
                                .map(voter -> voter.name())
                                .filter(name -> !name.equals(before))
                                .findFirst()
                                .orElseThrow();
                roster = Rosters.after(roster, step, next);
                steps.add("leader " + next);
            } else if (step instanceof NextStep.Fail fail) {
                steps.add(fail.refusal().reason().name());
                return steps;
            } else {
                steps.add(step.text());
                return steps;
            }
        }
        throw new AssertionError("no end: " + steps);
    }

    @ParameterizedTest
    @CsvSource({
        "ADD_VOTER, fe2, fe1, fe1 fe2/ > fe1 fe2",
        "ADD_VOTER, fe4, fe1 fe2 fe3!, fe1 fe2 fe3 fe4/ > fe1 fe2 fe3 fe4",
        "ADD_VOTER, fe4, fe1 fe2 fe3, fe1 fe2 fe3 fe4/ > fe1 fe2 fe3 fe4",
        "ADD_OBSERVER, o1, fe1 fe2! fe3!, fe1 fe2 fe3 o1/",
        "PROMOTE, o1, fe1 fe2 fe3 o1/, fe1 fe2 fe3 o1",
        "PROMOTE, o1, fe1 fe2 fe3 o1/?, o1 is catching up",
        "PROMOTE, o1, fe1 fe2 fe3 o1/!, waiting for o1 to answer",
        "PROMOTE, fe2, fe1 fe2 fe3, ''",
        "DEMOTE, fe2, fe1 fe2 fe3, fe1 fe2/ fe3",
        "DEMOTE, fe1, fe1 fe2 fe3, leader fe2 > fe1/ fe2 fe3",
        "DEMOTE, fe1, fe1 o1/, LAST_VOTER",
        "DEMOTE, fe2, fe1 fe2 fe3!, QUORUM_WOULD_BE_LOST",
        "REMOVE, fe3, fe1 fe2 fe3!, fe1 fe2",
        "REMOVE, fe2, fe1 fe2 fe3!, QUORUM_WOULD_BE_LOST",
        "REMOVE, fe2, fe1 fe2 fe3?, NOT_CAUGHT_UP",
        "REMOVE, o1, fe1 fe2! fe3! o1/, fe1 fe2 fe3",
        "REMOVE, fe1, fe1 fe2 fe3, leader fe2 > fe2 fe3",
        "REMOVE, fe1, fe1, LAST_VOTER",
        "LEAVE, fe1, fe1 fe2, leader fe2 > fe2",
        "LEAVE, fe1, fe1 fe2 fe3?, waiting for fe3 to catch up",
        "LEAVE, fe2, fe1 fe2 fe3?, waiting for fe3 to catch up",
        "LEAVE, fe2, fe1 fe2 fe3!, QUORUM_WOULD_BE_LOST",
        "LEAVE, fe3, fe1 fe2 fe3?, fe1 fe2",
        "LEAVE, o1, fe1 fe2? o1/, fe1 fe2",
        "REMOVE, nobody, fe1 fe2, ''",
        "TRANSFER_LEADERSHIP, fe2, fe1 fe2 fe3, leader fe2",
        "TRANSFER_LEADERSHIP, o1, fe1 fe2 o1/, NOT_A_VOTER",
        "STEP_DOWN, fe1, fe1 fe2 fe3, leader fe2",
    })
    void operationsGoStepByStep(OperationType type, String target, String group, String steps) {
        List<String> expected = steps.isEmpty() ? List.of() : List.of(steps.split(" > "));
        assertThat(steps(asked(type, target), group)).isEqualTo(expected);
    }

    /** Acknowledged data need a majority before and after; waiting for a voter that is behind is all that can be forced. */
    @ParameterizedTest
    @CsvSource({
        "fe2, fe1 fe2 fe3?, fe1 fe3",
        "fe2, fe1 fe2 fe3!, QUORUM_WOULD_BE_LOST",
        "fe2, fe1 fe2! fe3!, QUORUM_WOULD_BE_LOST",
        "fe1, fe1 fe2 fe3, leader fe2 > fe2 fe3",
        "fe1, fe1 o1/, LAST_VOTER",
    })
    void forceSkipsWhatProtectsAvailabilityAndNothingElse(String target, String group, String steps) {
        StoredOperation forced = asked(OperationType.REMOVE, target, id(target, 1), true);
        assertThat(steps(forced, group)).isEqualTo(List.of(steps.split(" > ", -1)));
        StoredOperation asked = asked(OperationType.REMOVE, target, id(target, 1), false);
        assertThat(Requests.check(asked, Rosters.of(group), List.of()))
                .as("without it")
                .isNotNull();
    }

    @Test
    void newIncarnationComesInAsTheOldOneGoesOut() {
        StoredOperation replace = asked(OperationType.REPLACE, "fe3", id("fe3", 2), false);

        NextStep first = NextStep.of(replace, Rosters.of("fe1 fe2 fe3!"));

        assertThat(first).isInstanceOfSatisfying(NextStep.Change.class, change -> {
            assertThat(change.wanted())
                    .extracting(one -> one.id())
                    .containsExactly(id("fe1", 1), id("fe2", 1), id("fe3", 2));
            assertThat(change.wanted().get(2).voter()).isFalse();
            assertThat(change.last()).isFalse();
        });
        assertThat(steps(replace, "fe1 fe2 fe3!")).containsExactly("fe1 fe2 fe3/", "fe1 fe2 fe3");
    }

    @Test
    void operationWithoutItsMemberWaitsForItToStart() {
        assertThat(steps(asked(OperationType.ADD_VOTER, "fe4", "", false), "fe1 fe2 fe3"))
                .containsExactly("waiting for fe4 to start with join(..)");
        assertThat(steps(asked(OperationType.REPLACE, "fe3", "", false), "fe1 fe2 fe3!"))
                .containsExactly("waiting for the new incarnation of fe3 to start with join(..)");
        StoredOperation again = StoredOperation.readmission(
                7, new Membership.Member("fe4", "fe4:1", MemberRole.VOTER, Optional.empty()), Instant.EPOCH);
        assertThat(again.waitsForStart()).isTrue();
        assertThat(StoredOperation.decode(again.encode())).isEqualTo(again);
        assertThat(steps(again, "fe1"))
                .containsExactly("waiting for fe4 to come back, as before, or with an empty directory and join(..)");
        assertThat(steps(again.withMember(id("fe4", 2), "fe9:1"), "fe1")).containsExactly("fe1 fe4/", "fe1 fe4");
    }

    @Test
    void operationThatIsTakenBackLeavesNobodyBehind() {
        StoredOperation add = asked(OperationType.ADD_VOTER, "fe4", id("fe4", 1), false);
        assertThat(steps(add.in(Phase.BACK), "fe1 fe2 fe3 fe4/")).containsExactly("fe1 fe2 fe3");
        assertThat(steps(add.in(Phase.BACK), "fe1 fe2 fe3")).isEmpty();

        StoredOperation promote = asked(OperationType.PROMOTE, "o1");
        assertThat(steps(promote.in(Phase.BACK), "fe1 fe2 fe3 o1/")).isEmpty();
    }

    @Test
    void additionThatFailsTakesTheMemberOutAgainAndSaysWhy() {
        StoredOperation failing =
                asked(OperationType.ADD_VOTER, "fe4", id("fe4", 1), false).failing("because");
        assertThat(steps(failing, "fe1 fe2 fe3 fe4/")).containsExactly("fe1 fe2 fe3");
        assertThat(StoredOperation.decode(failing.encode())).isEqualTo(failing);
        assertThat(failing.failure()).isEqualTo("because");
    }

    @ParameterizedTest
    @CsvSource({
        "REMOVE, DONE, OPEN, 1",
        "REMOVE, FAILED, OPEN, 0",
        "LEAVE, DONE, LAST, 1",
        "REPLACE, DONE, LAST, 1",
        "REPLACE, CANCELLED, BACK, 2",
        "ADD_VOTER, CANCELLED, BACK, 2",
        "ADD_VOTER, DONE, LAST, 0",
        "ADD_OBSERVER, FAILED, BACK, 2",
        "PROMOTE, CANCELLED, BACK, 0",
        "DEMOTE, DONE, LAST, 0",
    })
    void whoIsOutForGoodIsKnown(OperationType type, OperationState state, Phase phase, int life) {
        boolean comes =
                type == OperationType.REPLACE || type == OperationType.ADD_VOTER || type == OperationType.ADD_OBSERVER;
        StoredOperation operation =
                asked(type, "fe3", id("fe3", comes ? 2 : 1), false).in(phase);
        assertThat(operation.takenOut()).as("while it runs").isEmpty();
        StoredOperation over =
                operation.over(state, Instant.ofEpochSecond(5), state == OperationState.FAILED ? "because" : null);
        assertThat(over.takenOut()).isEqualTo(life == 0 ? "" : id("fe3", life));
    }

    @Test
    void memberOfTheSameNameThatCameInMeanwhileIsNotTouched() {
        StoredOperation add = asked(OperationType.ADD_VOTER, "fe2", id("fe2", 7), false);
        assertThat(NextStep.of(add, Rosters.of("fe1 fe2 fe3")))
                .isInstanceOfSatisfying(
                        NextStep.Fail.class,
                        fail -> assertThat(fail.refusal().reason()).isEqualTo(Reason.DUPLICATE_NAME));
        StoredOperation remove = asked(OperationType.REMOVE, "fe2", id("fe2", 7), false);
        assertThat(NextStep.of(remove, Rosters.of("fe1 fe2 fe3"))).isInstanceOf(NextStep.Done.class);
    }

    @Test
    void refusalHasTheArithmetic() {
        NextStep step = NextStep.of(asked(OperationType.REMOVE, "fe2"), Rosters.of("fe1 fe2 fe3!"));
        assertThat(step.text()).contains("3 voters, 1 down (fe3): removing fe2 leaves 1 of 2 alive, 2 are needed");
    }

    @Test
    void recordSurvivesBeingWritten() {
        StoredOperation operation =
                asked(OperationType.ADD_VOTER, "fe4", id("fe4", 1), true).running("step", 7, 9);
        assertThat(StoredOperation.decode(operation.encode())).isEqualTo(operation);
        StoredOperation over = operation.over(OperationState.FAILED, Instant.ofEpochSecond(5), "because");
        assertThat(StoredOperation.decode(over.encode())).isEqualTo(over);
    }
}
