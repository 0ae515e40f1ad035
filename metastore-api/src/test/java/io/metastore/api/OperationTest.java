package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operation may say of itself, and how people read it. */
class OperationTest {

    private static final Instant START = Instant.parse("2026-11-02T03:04:05.678Z");
    private static final Instant END = START.plusSeconds(61);

    @Test
    void theLastThreeStatesAreFinal() {
        assertThat(OperationState.values())
                .filteredOn(OperationState::isOver)
                .containsExactly(OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED);
        assertThat(operation(OperationState.RUNNING, null, null).isOver()).isFalse();
        assertThat(operation(OperationState.DONE, END, null).isOver()).isTrue();
    }

    @Test
    void itHasAnEndExactlyWhenItIsOver() {
        for (OperationState state : OperationState.values()) {
            String error = state == OperationState.FAILED ? "disk full" : null;
            Instant wrong = state.isOver() ? null : END;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> operation(state, wrong, error))
                    .withMessageContaining("id=1 state=" + state + " ended=" + wrong);
            assertThat(operation(state, state.isOver() ? END : null, error).state())
                    .isEqualTo(state);
        }
    }

    @Test
    void itHasAnErrorWhenItFailedAndMayHaveOneWhenCancelled() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> operation(OperationState.FAILED, END, null))
                .withMessageContaining("state=FAILED error=null");
        for (OperationState state : List.of(OperationState.PENDING, OperationState.RUNNING, OperationState.DONE)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> operation(state, state.isOver() ? END : null, "disk full"))
                    .withMessageContaining("state=" + state + " error=disk full");
        }
        assertThat(operation(OperationState.CANCELLED, END, null).error()).isNull();
        assertThat(operation(OperationState.CANCELLED, END, "by fe2").error()).isEqualTo("by fe2");
    }

    @Test
    void itMayEndBeforeItStartsBecauseClocksOfMembersDiffer() {
        Instant before = START.minusSeconds(3);
        assertThat(operation(OperationState.DONE, before, null).ended()).isEqualTo(before);
    }

    @Test
    void itHasAnIdAndNamesItsMembers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> running(0, "fe4", "fe1", 0, -1))
                .withMessageContaining("id=0");
        assertThat(running(-1, "fe4", "fe4", 0, -1).id()).isEqualTo(-1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> running(1, " ", "fe1", 0, -1))
                .withMessageContaining("target=' '");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> running(1, "fe4", "", 0, -1))
                .withMessageContaining("requestedBy=''");
    }

    @Test
    void progressIsNeverNegative() {
        assertThat(running(1, "fe4", "fe1", 0, 0).total()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> running(1, "fe4", "fe1", -1, 10))
                .withMessageContaining("done=-1 total=10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> running(1, "fe4", "fe1", 0, -2))
                .withMessageContaining("done=0 total=-2");
    }

    @Test
    void oneAlignedLinePerOperationInTheOrderGiven() {
        Operation failed = new Operation(
                11,
                OperationType.TRANSFER_LEADERSHIP,
                "fe2",
                "fe1",
                OperationState.FAILED,
                "waiting for fe2 to lead",
                START,
                END,
                "fe2 did not take over:\n  waited 5 s",
                0,
                -1);
        Operation running = running(12, "fe4", "fe3", 804, 88_214);
        assertThat(Operation.toTable(List.of(running, failed))).isEqualTo("""
                        ID  TYPE                 TARGET  BY   STATE    PROGRESS   STARTED               ENDED                 STEP                     ERROR
                        12  ADD_VOTER            fe4     fe3  RUNNING  804/88214  2026-11-02T03:04:05Z  -                     catching up              -
                        11  TRANSFER_LEADERSHIP  fe2     fe1  FAILED   -          2026-11-02T03:04:05Z  2026-11-02T03:05:06Z  waiting for fe2 to lead  fe2 did not take over: waited 5 s
                        """);
    }

    @Test
    void aTableOfNothingIsItsHeading() {
        assertThat(Operation.toTable(List.of()).lines()).hasSize(1);
    }

    private static Operation operation(OperationState state, @Nullable Instant ended, @Nullable String error) {
        return new Operation(
                1, OperationType.ADD_VOTER, "fe4", "fe1", state, "catching up", START, ended, error, 0, -1);
    }

    private static Operation running(long id, String target, String requestedBy, long done, long total) {
        return new Operation(
                id,
                OperationType.ADD_VOTER,
                target,
                requestedBy,
                OperationState.RUNNING,
                "catching up",
                START,
                null,
                null,
                done,
                total);
    }
}
