package io.metastore.test.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Searches for an order of the operations of one key that the model allows. Used once, by one thread.
 *
 * <p>Wing and Gong's algorithm ("Testing and verifying concurrent objects", 1993) with Lowe's memoization: place an
 * operation that began before the first answer still to come, step the model, go on; when stuck, take the last one back.
 * The depth-first path is on the heap, so a history may be as long as memory allows. These rules keep the search small;
 * each follows from an exchange of operations in a solution:
 *
 * <ul>
 *   <li>What reads only is placed as soon as it is possible, without alternatives.
 *   <li>Optional operations come in groups, as a preparation of the required one after them, which they are placed with.
 *       What needs no preparation is tried first.
 *   <li>An optional operation is placed only if it changes the state.
 *   <li>Configurations are remembered when found rather than when entered, so that a choice among many optional
 *       operations is made once and not in every order; see {@link Configurations}.
 * </ul>
 */
final class LinearizationSearch<S, I, O> {
    private static final int CLOCK_STRIDE = 256;

    private final Model<S, I, O> model;
    private final CheckBudget budget;
    private final PartialLinearization<I, O> current;
    private final Configurations<S> configurations = new Configurations<>();
    private final Deque<Node<S>> path = new ArrayDeque<>();
    private long deadlineNanos;
    private long expansions;
    private boolean outOfBudget;
    private List<Integer> longest = List.of();
    private int requiredInLongest = -1;

    /** Placing operations, all but the last of them optional, and the state after them. */
    private record Move<S>(List<Integer> operations, S next) {}

    /** A configuration on the path and what is still to be tried from there. */
    private static final class Node<S> {
        private final @Nullable Move<S> reachedBy;
        private final S state;

        /** The required operations that may come next, whether or not they are possible in the state. */
        private final List<Integer> required;

        /** Where those lead that are possible without preparation. */
        private final Map<Integer, S> unprepared = new HashMap<>();

        private final Deque<Move<S>> moves = new ArrayDeque<>();
        private boolean preparationTried;

        Node(@Nullable Move<S> reachedBy, S state, List<Integer> required) {
            this.reachedBy = reachedBy;
            this.state = state;
            this.required = required;
        }
    }

    enum Result {
        FOUND,
        IMPOSSIBLE,
        OUT_OF_BUDGET
    }

    /** @param placements by {@code notAfter} */
    LinearizationSearch(Model<S, I, O> model, CheckBudget budget, List<Placement<I, O>> placements) {
        this.model = model;
        this.budget = budget;
        this.current = new PartialLinearization<>(placements);
    }

    Result run() {
        deadlineNanos = System.nanoTime() + budget.timeMax().toNanos();
        enter(null, model.initial());
        while (!current.isComplete()) {
            if (outOfBudget) {
                rememberIfLongest();
                return Result.OUT_OF_BUDGET;
            }
            Node<S> node = path.element();
            Move<S> move = node.moves.poll();
            if (move != null) {
                move.operations().forEach(current::place);
                enter(move, move.next());
            } else if (!node.preparationTried) {
                node.preparationTried = true;
                addPreparedMoves(node);
            } else if (!leave()) {
                return Result.IMPOSSIBLE;
            }
        }
        return Result.FOUND;
    }

    private void enter(@Nullable Move<S> move, S state) {
        Node<S> node = new Node<>(move, state, current.requiredCandidates());
        path.push(node);
        node.preparationTried = addMoves(node, List.of(), state);
    }

    /** Returns false at the start of the path. */
    private boolean leave() {
        rememberIfLongest();
        Move<S> move = path.pop().reachedBy;
        if (move == null) {
            return false;
        }
        takeBack(move.operations());
        return true;
    }

    private void takeBack(List<Integer> operations) {
        for (int i = operations.size() - 1; i >= 0; i--) {
            current.takeBack(operations.get(i));
        }
    }

    /**
     * Adds the required operations that are possible now and lead to something new.
     *
     * @param preparation optional operations that were placed already and become part of the moves
     * @return whether there is one that reads only, so that no more preparation makes sense
     */
    private boolean addMoves(Node<S> node, List<Integer> preparation, S state) {
        countExpansion();
        List<Move<S>> possible = new ArrayList<>();
        for (int candidate : node.required) {
            Placement<I, O> placement = current.placement(candidate);
            S next = model.step(state, placement.input(), placement.output());
            if (next == null) {
                continue;
            }
            if (placement.output() != null && model.readOnly(placement.input(), placement.output())) {
                addIfNew(node, new Move<>(append(preparation, candidate), next));
                return true;
            }
            if (preparation.isEmpty()) {
                node.unprepared.put(candidate, next);
            } else if (next.equals(node.unprepared.get(candidate))) {
                continue; // The preparation changed nothing.
            }
            possible.add(new Move<>(append(preparation, candidate), next));
        }
        possible.forEach(move -> addIfNew(node, move)); // Only now: what is remembered must also be tried.
        return false;
    }

    private void addIfNew(Node<S> node, Move<S> move) {
        if (isNew(move, configurations)) {
            node.moves.add(move);
        }
    }

    /** Adds what becomes possible after some optional operations, breadth first. */
    private void addPreparedMoves(Node<S> node) {
        List<List<Integer>> optional = current.optionalCandidates();
        Configurations<S> prepared = new Configurations<>();
        Deque<Move<S>> queue = new ArrayDeque<>();
        current.meet(prepared, node.state);
        addPreparations(optional, new Move<>(List.of(), node.state), prepared, queue);
        for (Move<S> move = queue.poll(); move != null && !outOfBudget; move = queue.poll()) {
            move.operations().forEach(current::place);
            if (!addMoves(node, move.operations(), move.next())) {
                addPreparations(optional, move, prepared, queue);
            }
            takeBack(move.operations());
            outOfBudget |= prepared.met() > budget.configurationsMax();
        }
    }

    /** Adds what can be done with one more optional operation: the first that is left of each kind. */
    private void addPreparations(
            List<List<Integer>> optional, Move<S> before, Configurations<S> prepared, Deque<Move<S>> queue) {
        for (List<Integer> kind : optional) {
            Placement<I, O> placement = current.placement(kind.get(0));
            S next = model.step(before.next(), placement.input(), placement.output());
            if (next == null || next.equals(before.next())) {
                continue;
            }
            for (int candidate : kind) {
                if (!before.operations().contains(candidate)) {
                    Move<S> move = new Move<>(append(before.operations(), candidate), next);
                    if (isNew(move, prepared)) {
                        queue.add(move);
                    }
                    break;
                }
            }
        }
    }

    /** Whether the last operation of the move, the others being placed, leads to something new. */
    private boolean isNew(Move<S> move, Configurations<S> known) {
        int last = move.operations().get(move.operations().size() - 1);
        current.place(last);
        boolean isNew = current.meet(known, move.next());
        current.takeBack(last);
        return isNew;
    }

    private static List<Integer> append(List<Integer> operations, int last) {
        if (operations.isEmpty()) {
            return List.of(last);
        }
        List<Integer> appended = new ArrayList<>(operations);
        appended.add(last);
        return appended;
    }

    private void countExpansion() {
        expansions++;
        outOfBudget |= configurations.met() > budget.configurationsMax()
                || (expansions % CLOCK_STRIDE == 0 && System.nanoTime() - deadlineNanos > 0);
    }

    private void rememberIfLongest() {
        int required = current.placedRequired();
        if (required > requiredInLongest) {
            requiredInLongest = required;
            longest = new ArrayList<>();
            path.descendingIterator().forEachRemaining(node -> {
                if (node.reachedBy != null) {
                    longest.addAll(node.reachedBy.operations());
                }
            });
        }
    }

    /** The order that placed the most required operations among those from which the search had to turn back. */
    List<Integer> longestPrefix() {
        return Collections.unmodifiableList(longest);
    }

    long configurationsMet() {
        return configurations.met();
    }
}
