package io.metastore.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.TransactionConflictException;
import io.metastore.raft.internal.node.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a closure that met a conflict is tried again. */
class ClosureAttemptsTest {

    private static final Duration LEFT = Duration.ofMinutes(10);

    private static ClosureAttempts attempts(Duration left, Duration whole) {
        return new ClosureAttempts(Deadline.after(left), whole.toNanos());
    }

    @Test
    void theFirstAttemptIsAlwaysMade() {
        ClosureAttempts late = attempts(Duration.ZERO, Duration.ZERO);
        assertThatCode(late::checkTimeLeft).doesNotThrowAnyException();
    }

    @Test
    void noneBeginsWhenLessIsLeftThanTheLastOneTook() {
        ClosureAttempts attempts = attempts(LEFT, Duration.ofDays(1));
        attempts.conflict(LEFT.multipliedBy(2).toNanos());
        assertThatThrownBy(attempts::checkTimeLeft)
                .isInstanceOf(TransactionConflictException.class)
                .hasMessageContaining("attempts=1");
        attempts.conflict(LEFT.dividedBy(2).toNanos());
        assertThatCode(attempts::checkTimeLeft).as("the last one was quicker").doesNotThrowAnyException();
        assertThat(attempts.conflicts()).isEqualTo(2);
    }

    @Test
    void oneThatTookLongDoesNotMakeItGiveUpWhileMostOfTheTimeIsLeft() {
        ClosureAttempts attempts = attempts(LEFT, LEFT.multipliedBy(2));
        attempts.conflict(LEFT.multipliedBy(2).toNanos());
        assertThatCode(attempts::checkTimeLeft).doesNotThrowAnyException();
    }

    @Test
    void aDeadlineThatHasPassedEndsItHoweverQuickTheLastOneWas() {
        ClosureAttempts attempts = attempts(Duration.ZERO, LEFT);
        attempts.conflict(0);
        assertThatThrownBy(attempts::checkTimeLeft).isInstanceOf(TransactionConflictException.class);
    }

    @Test
    void anInterruptStaysWhatItIsAndADeadlineIsTheCauseOfTheConflict() {
        ClosureAttempts attempts = attempts(LEFT, LEFT);
        attempts.conflict(1);
        DeadlineExceededException cause = new DeadlineExceededException("told to end");
        assertThat(attempts.exhausted(cause))
                .isInstanceOf(TransactionConflictException.class)
                .hasCause(cause);
        Thread.currentThread().interrupt();
        try {
            assertThat(attempts.exhausted(cause)).isSameAs(cause);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
