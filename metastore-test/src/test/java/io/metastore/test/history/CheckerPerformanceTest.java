package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds the work rather than the time: machines differ, numbers of configurations do not. */
class CheckerPerformanceTest {
    /** Needed is a tenth of a second on a quiet machine. */
    private static final Duration TIME_MAX = Duration.ofMinutes(1);

    @ParameterizedTest
    @CsvSource(textBlock = """
            # clients, distinctValues, unknownInHundred, versioned
             8, 0, 1, false
            16, 0, 1, false
            16, 5, 1, false
            16, 0, 0, false
             8, 0, 1, true
            16, 0, 1, true
            16, 5, 1, true
            16, 0, 0, true
            """)
    void acceptsFiveThousandOperationsOfOneKey(
            int clients, int distinctValues, int unknownInHundred, boolean versioned) {
        var shape = new RandomHistories.Shape(5_000, clients, distinctValues, 50, unknownInHundred, versioned);
        var model = versioned ? RegisterModel.versioned() : RegisterModel.ofValues();
        var checker = new LinearizabilityChecker<>(model, new CheckBudget(500_000, TIME_MAX));
        for (long seed = 0; seed < 5; seed++) {
            Verdict verdict = checker.check(History.of(new RandomHistories(seed, shape).linearizable()));
            assertThat(verdict).as("seed=%d shape=%s", seed, shape).isInstanceOf(Verdict.Linearizable.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 0, 0", "true, 0, 0", "false, 5, 0", "false, 0, 1"})
    void refutesFiveThousandOperationsOfOneKey(boolean versioned, int distinctValues, int unknownInHundred) {
        // given
        var shape = new RandomHistories.Shape(5_000, 8, distinctValues, 50, unknownInHundred, versioned);
        var model = versioned ? RegisterModel.versioned() : RegisterModel.ofValues();
        var operations = new RandomHistories(1, shape).linearizable();
        long end =
                operations.stream().mapToLong(Operation::completedNanos).max().orElseThrow() + 1;
        operations.add(Operation.ok(8, "k", RegisterInput.read(), RegisterOutput.value("nobody's"), end, end));
        // when
        Verdict verdict =
                new LinearizabilityChecker<>(model, new CheckBudget(1_000_000, TIME_MAX)).check(History.of(operations));
        // then
        assertThat(verdict).isInstanceOf(Verdict.NotLinearizable.class);
    }

    @Test
    void unknownWritesThatNobodySeesCostLittle() {
        // given: sixty writes that may each be anywhere or nowhere, of which versions show some number to have happened
        List<Operation<RegisterInput, RegisterOutput>> operations = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            operations.add(Operation.unknown(i, "k", RegisterInput.write("unknown" + i), i));
        }
        for (int i = 0; i < 30; i++) {
            operations.add(Operation.ok(
                    60, "k", RegisterInput.write("known" + i), RegisterOutput.done(2 * i + 2), 100 + i, 100 + i));
        }
        operations.add(Operation.ok(60, "k", RegisterInput.read(), RegisterOutput.value("known29", 59), 200, 201));
        // when
        Verdict verdict = new LinearizabilityChecker<>(RegisterModel.versioned(), new CheckBudget(10_000, TIME_MAX))
                .check(History.of(operations));
        // then
        assertThat(verdict).isInstanceOf(Verdict.NotLinearizable.class);
    }

    @Test
    void unknownWritesThatShowLateCostLittle() {
        // given: eight writes that take effect long after all others, of which one shows twice
        List<Operation<RegisterInput, RegisterOutput>> operations = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            operations.add(Operation.unknown(i, "k", RegisterInput.write("late" + i), i));
            operations.add(read("late" + i, 10_000 + i));
        }
        for (int i = 0; i < 200; i++) {
            operations.add(Operation.ok(
                    8, "k", RegisterInput.write("known" + i), RegisterOutput.done(), 100 + 10 * i, 125 + 10 * i));
        }
        var checker = new LinearizabilityChecker<>(RegisterModel.ofValues(), new CheckBudget(50_000, TIME_MAX));
        // then
        checker.check(History.of(operations)).requireLinearizable();
        operations.add(read("late0", 20_000));
        assertThat(checker.check(History.of(operations))).isInstanceOf(Verdict.NotLinearizable.class);
    }

    private static Operation<RegisterInput, RegisterOutput> read(String value, long at) {
        return Operation.ok(9, "k", RegisterInput.read(), RegisterOutput.value(value), at, at);
    }
}
