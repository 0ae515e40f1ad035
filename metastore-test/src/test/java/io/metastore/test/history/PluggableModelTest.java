package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A model of the test's own: a counter whose increments return the new count. */
class PluggableModelTest {
    private record Counter() implements Model<Integer, String, Integer> {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public @Nullable Integer step(Integer state, String input, @Nullable Integer output) {
            int next = input.equals("increment") ? state + 1 : state;
            return output == null || output == next ? next : null;
        }
    }

    private static boolean isLinearizable(List<Operation<String, Integer>> operations) {
        return new LinearizabilityChecker<>(new Counter())
                .check(History.of(operations))
                .isLinearizable();
    }

    @Test
    void checksAnyDeterministicModel() {
        Operation<String, Integer> slow = Operation.ok(0, "k", "increment", 2, 0, 9);
        Operation<String, Integer> quick = Operation.ok(1, "k", "increment", 1, 3, 4);
        assertThat(isLinearizable(List.of(slow, quick))).isTrue();
        assertThat(isLinearizable(List.of(slow, quick, Operation.ok(1, "k", "get", 1, 1, 2))))
                .isFalse();
    }

    @Test
    void appliesAsManyUnknownOperationsAsNeeded() {
        Operation<String, Integer> get = Operation.ok(2, "k", "get", 2, 3, 4);
        Operation<String, Integer> first = Operation.unknown(0, "k", "increment", 0);
        Operation<String, Integer> second = Operation.unknown(1, "k", "increment", 1);
        Operation<String, Integer> late = Operation.unknown(1, "k", "increment", 5);
        assertThat(isLinearizable(List.of(get, first, second, late))).isTrue();
        assertThat(isLinearizable(List.of(get, first, late))).isFalse();
    }
}
