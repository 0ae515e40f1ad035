package io.metastore.raft.internal.members;

import static io.metastore.raft.internal.members.Rosters.asked;
import static io.metastore.raft.internal.members.Rosters.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.OperationType;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each check before a change, with the numbers it was decided by and what to do. */
class RequestsTest {

    private static Refusal refused(StoredOperation asked, Roster roster, List<StoredOperation> open) {
        return Objects.requireNonNull(Requests.check(asked, roster, open), () -> "accepted: " + asked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REMOVE|fe2|fe1 fe2 fe3!|QUORUM_WOULD_BE_LOST|the voters left would be no majority: 3 voters, 1 down (fe3): removing fe2 leaves 1 of 2 alive, 2 are needed; bring voters up or add one first",
                "REMOVE|fe2|fe1 fe2! fe3!|QUORUM_WOULD_BE_LOST|there is no majority to decide it: 3 voters, 2 down (fe2, fe3): removing fe2 finds 1 of 3 alive, 2 are needed; bring voters up or add one first",
                "REMOVE|fe2|fe1 fe2 fe3 fe4! fe5!|QUORUM_WOULD_BE_LOST|5 voters, 2 down (fe4, fe5): removing fe2 leaves 2 of 4 alive, 3 are needed",
                "REMOVE|fe2|fe1 fe2 fe3?|NOT_CAUGHT_UP|writes would have to wait for a voter that is behind: removing fe2 with 3 voters, none down leaves 1 of 2 caught up, 2 are needed; behind: fe3 by 100000 entries; wait until they lack no more than 1000 entries and 32 MiB",
                "REMOVE|fe1|fe1 fe2 fe3|TARGET_IS_LEADER|the member leads: member=fe1; call transferLeadership(..) or stepDown() first, or leave() on the member itself",
                "REMOVE|fe1|fe1|LAST_VOTER|the last voter has to stay: member=fe1; promote another member first",
                "REMOVE|nobody|fe1 fe2|UNKNOWN_MEMBER|no member has that name: member=nobody members=[fe1, fe2]",
                "DEMOTE|fe2|fe1 fe2 fe3!|QUORUM_WOULD_BE_LOST|3 voters, 1 down (fe3): demoting fe2 leaves 1 of 2 alive, 2 are needed",
                "DEMOTE|fe1|fe1 fe2|TARGET_IS_LEADER|the member leads: member=fe1",
                "DEMOTE|fe1|fe1 o1/|LAST_VOTER|the last voter has to stay: member=fe1",
                "DEMOTE|o1|fe1 o1/|ALREADY_SO|nothing to do: member=o1 has no vote already",
                "PROMOTE|o1|fe1 fe2! o1/|QUORUM_WOULD_BE_LOST|2 voters, 1 down (fe2): promoting o1 finds 1 of 2 alive, 2 are needed",
                "PROMOTE|fe2|fe1 fe2|ALREADY_SO|nothing to do: member=fe2 has a vote already",
                "PROMOTE|nobody|fe1|UNKNOWN_MEMBER|member=nobody members=[fe1]",
                "REPLACE|fe2|fe1 fe2 fe3!|MEMBER_ALIVE|the member that is to be replaced answers: member=fe2@",
                "REPLACE|fe2|fe1 fe2! fe3!|QUORUM_WOULD_BE_LOST|3 voters, 2 down (fe2, fe3): replacing fe2 finds 1 of 3 alive, 2 are needed",
                "REPLACE|fe2|fe1 fe2! fe3?|NOT_CAUGHT_UP|replacing fe2 with 3 voters, 1 down (fe2) leaves 1 of 2 caught up, 2 are needed; behind: fe3 by 100000 entries",
                "REPLACE|nobody|fe1|UNKNOWN_MEMBER|member=nobody members=[fe1]",
                "TRANSFER_LEADERSHIP|fe2|fe1 fe2! fe3|NOT_CAUGHT_UP|the member does not answer: member=fe2; it cannot take over",
                "TRANSFER_LEADERSHIP|fe1|fe1 fe2|ALREADY_SO|nothing to do: member=fe1 leads already",
                "TRANSFER_LEADERSHIP|o1|fe1 o1/|NOT_A_VOTER|a member without a vote cannot lead: member=o1; promote it first",
                "STEP_DOWN|fe1|fe1 fe2! fe3!|QUORUM_WOULD_BE_LOST|no other voter answers that could lead: 3 voters, 2 down (fe2, fe3) leader=fe1",
                "LEAVE|fe1|fe1|LAST_VOTER|the last voter cannot be removed: member=fe1; promote another member first",
                "LEAVE|fe2|fe1 fe2 fe3!|QUORUM_WOULD_BE_LOST|3 voters, 1 down (fe3): removing fe2 leaves 1 of 2 alive, 2 are needed",
                "ADD_VOTER|fe2|fe1 fe2|DUPLICATE_NAME|address=fe2:1 and it answers; choose another name",
                "ADD_OBSERVER|fe2|fe1 fe2!|DUPLICATE_NAME|address=fe2:1 and it does not answer; choose another name, or, when it has lost its directory, call replace(\"fe2\")",
            })
    void refusalHasTheNumbersAndTheNextStep(
            OperationType type, String target, String group, Reason reason, String message) {
        Refusal refusal = refused(asked(type, target), Rosters.of(group), List.of());
        assertThat(refusal.message()).contains(message);
        assertThat(refusal.reason()).isEqualTo(reason);
    }

    /** A removal would be refused. */
    @Test
    void whoLeavesInGoodOrderMayWaitForOthersThatAreBehind() {
        for (String target : List.of("fe1", "fe2")) {
            StoredOperation asked = asked(OperationType.LEAVE, target);
            assertThat(Requests.check(asked, Rosters.of("fe1 fe2 fe3?"), List.of()))
                    .isNull();
        }
    }

    @Test
    void oneOperationAtATimeAndTheOtherOneIsNamed() {
        StoredOperation open = asked(OperationType.PROMOTE, "o1").running("giving o1 a vote", 0, -1);
        Refusal refusal = refused(asked(OperationType.REMOVE, "fe2"), Rosters.of("fe1 fe2 fe3 o1/"), List.of(open));
        assertThat(refusal.reason()).isEqualTo(Reason.CHANGE_IN_PROGRESS);
        assertThat(refusal.message())
                .isEqualTo(
                        "another operation is under way: id=1 type=PROMOTE target=o1 step='giving o1 a vote'; wait for its end, or cancel it");
    }

    @Test
    void nothingBeginsWithoutALeader() {
        Roster led = Rosters.of("fe1 fe2! fe3!");
        Roster roster = new Roster(led.configuration(), null, led.last(), led.seen());
        Refusal refusal = refused(asked(OperationType.REMOVE, "fe2"), roster, List.of());
        assertThat(refusal.reason()).isEqualTo(Reason.NO_LEADER);
        assertThat(refusal.message()).contains("3 voters, 2 down (fe2, fe3)").contains("bring up a majority");
    }

    @Test
    void addressOfAnotherIsRefusedWhereItListensNow() {
        Roster roster = Rosters.of("fe1 fe2");
        StoredOperation asked = asked(OperationType.ADD_VOTER, "fe3");
        Roster moved = new Roster(
                roster.configuration(),
                "fe1",
                roster.last(),
                roster.nearFrom(),
                roster.seen(),
                java.util.Map.of(id("fe2", 1), "fe3:1"));
        Refusal refusal = refused(asked, moved, List.of());
        assertThat(refusal.reason()).isEqualTo(Reason.DUPLICATE_ADDRESS);
        assertThat(refusal.message()).contains("address=fe3:1 member=fe2");
        assertThat(Requests.check(asked, roster, List.of()))
                .as("while nobody is there")
                .isNull();
    }
}
