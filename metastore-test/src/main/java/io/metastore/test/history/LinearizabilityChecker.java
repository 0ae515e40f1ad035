package io.metastore.test.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history is linearizable: whether each operation can be given a moment between its invocation and its
 * completion such that a single, sequential copy of the model gives all the answers.
 *
 * <p>Failed operations are dropped. Those of unknown outcome may take effect at any time after their invocation, once or
 * not at all. Each key is checked by itself, which suffices (P-compositionality: Horn and Kroening, "Faster linearizability
 * checking via P-compositionality", 2015). Sources of the search are named at {@code LinearizationSearch}.
 *
 * <p>Usable from any thread; has no state of its own.
 *
 * <pre>{@code
 * new LinearizabilityChecker<>(RegisterModel.versioned()).check(recorder.history()).requireLinearizable();
 * }</pre>
 */
public final class LinearizabilityChecker<S, I, O> {
    private final Model<S, I, O> model;
    private final CheckBudget budget;

    public LinearizabilityChecker(Model<S, I, O> model) {
        this(model, CheckBudget.DEFAULT);
    }

    public LinearizabilityChecker(Model<S, I, O> model, CheckBudget budget) {
        this.model = model;
        this.budget = budget;
    }

    /** Checks key by key until one is not linearizable. Blocks for at most the budget of each key. */
    public Verdict check(History<I, O> history) {
        Verdict.@Nullable Undecided undecided = null;
        long configurationsMet = 0;
        for (Map.Entry<String, List<Operation<I, O>>> entry :
                history.operationsByKey().entrySet()) {
            Verdict verdict = checkKey(entry.getKey(), entry.getValue());
            if (verdict instanceof Verdict.NotLinearizable) {
                return verdict;
            } else if (verdict instanceof Verdict.Undecided found) {
                undecided = undecided == null ? found : undecided;
            } else if (verdict instanceof Verdict.Linearizable found) {
                configurationsMet += found.configurationsMet();
            }
        }
        return undecided == null ? new Verdict.Linearizable(configurationsMet) : undecided;
    }

    private Verdict checkKey(String key, List<Operation<I, O>> history) {
        List<Operation<I, O>> operations = history.stream()
                .filter(operation -> operation.outcome() != Outcome.FAILED)
                .toList();
        List<Placement<I, O>> placements =
                model.tighten(operations.stream().map(Placement::of).toList());
        if (placements.size() != operations.size()) {
            throw new IllegalStateException("model changed the number of placements: given=" + operations.size()
                    + " returned=" + placements.size());
        }
        List<Integer> byDeadline = IntStream.range(0, placements.size())
                .boxed()
                .sorted(Comparator.comparingLong(index -> placements.get(index).notAfter()))
                .toList();
        LinearizationSearch<S, I, O> search = new LinearizationSearch<>(
                model, budget, byDeadline.stream().map(placements::get).toList());
        LinearizationSearch.Result result = search.run();
        if (result == LinearizationSearch.Result.FOUND) {
            return new Verdict.Linearizable(search.configurationsMet());
        }
        List<Integer> longestPrefix =
                search.longestPrefix().stream().map(byDeadline::get).toList();
        Impasse impasse = impasse(key, operations, longestPrefix);
        return result == LinearizationSearch.Result.IMPOSSIBLE
                ? new Verdict.NotLinearizable(impasse)
                : new Verdict.Undecided(impasse, search.configurationsMet(), budget);
    }

    /** Replays the prefix with the operations as they were recorded, which the model may have narrowed down. */
    private Impasse impasse(String key, List<Operation<I, O>> operations, List<Integer> longestPrefix) {
        S state = model.initial();
        List<Impasse.Placed> prefix = new ArrayList<>();
        for (int index : longestPrefix) {
            Operation<I, O> operation = operations.get(index);
            S next = model.step(state, operation.input(), operation.output());
            if (next == null) {
                throw new IllegalStateException(
                        "model refuses an operation that it allowed when narrowed down: operation=" + operation
                                + " state=" + state);
            }
            state = next;
            prefix.add(new Impasse.Placed(operation, state.toString()));
        }
        return new Impasse(key, prefix, state.toString(), stuck(operations, longestPrefix));
    }

    /** The operation that had to come next, then those that might have come before it. */
    private static <I, O> List<Operation<?, ?>> stuck(List<Operation<I, O>> operations, List<Integer> longestPrefix) {
        Set<Integer> placed = new HashSet<>(longestPrefix);
        List<Operation<I, O>> left = IntStream.range(0, operations.size())
                .filter(index -> !placed.contains(index))
                .<Operation<I, O>>mapToObj(operations::get)
                .sorted(Comparator.comparingLong(Operation::completedNanos))
                .toList();
        long firstCompleted = left.isEmpty() ? Operation.NEVER : left.get(0).completedNanos();
        List<Operation<?, ?>> stuck = new ArrayList<>(left);
        stuck.removeIf(operation -> operation.invokedNanos() > firstCompleted);
        return stuck;
    }
}
