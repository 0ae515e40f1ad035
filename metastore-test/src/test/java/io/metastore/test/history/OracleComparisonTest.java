package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the checker with {@link BruteForceOracle} on small random histories, right ones and broken ones. */
class OracleComparisonTest {
    private static final int HISTORIES = 10_000;

    @ParameterizedTest
    @CsvSource(textBlock = """
            # operations, clients, distinctValues, windowMax, unknownInHundred, versioned
            5, 2, 0,  5,  0, false
            6, 3, 2,  4, 30, false
            7, 3, 0,  9, 40, false
            7, 4, 3,  9, 15, false
            7, 7, 1,  3, 60, false
            5, 2, 0,  5,  0, true
            6, 3, 2,  4, 30, true
            7, 3, 0,  9, 40, true
            7, 4, 3,  9, 15, true
            7, 7, 1,  3, 60, true
            """)
    void agreesWithTryingAllOrders(
            int operations, int clients, int distinctValues, int windowMax, int unknownInHundred, boolean versioned) {
        var shape =
                new RandomHistories.Shape(operations, clients, distinctValues, windowMax, unknownInHundred, versioned);
        int broken = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            var histories = new RandomHistories(seed, shape);
            var right = histories.linearizable();
            assertThat(agreedVerdict(right, seed, shape))
                    .as("history made by an atomic register: seed=%d shape=%s", seed, shape)
                    .isTrue();
            broken += agreedVerdict(histories.mutated(right), seed, shape) ? 0 : 1;
        }
        assertThat(broken)
                .as("not linearizable ones among the mutated")
                .isBetween(HISTORIES / 50, HISTORIES - HISTORIES / 50);
    }

    private static boolean agreedVerdict(
            List<Operation<RegisterInput, RegisterOutput>> operations, long seed, RandomHistories.Shape shape) {
        var model = shape.versioned() ? RegisterModel.versioned() : RegisterModel.ofValues();
        var history = History.of(operations);
        Verdict verdict = new LinearizabilityChecker<>(model).check(history);
        boolean expected = new BruteForceOracle(shape.versioned()).isLinearizable(operations);
        assertThat(verdict.isLinearizable())
                .as("seed=%d shape=%s%n%s%s", seed, shape, history, verdict)
                .isEqualTo(expected);
        return expected;
    }
}
