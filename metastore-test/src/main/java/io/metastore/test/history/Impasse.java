package io.metastore.test.history;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * Where the search for a linearization got stuck on its longest way; what went wrong is often near this place. Immutable.
 *
 * @param longestPrefix the longest beginning of a linearization that was found, or one of them
 * @param state after the prefix
 * @param stuck the window in which it cannot go on: the first of these had to take effect before it completed, the others
 *     are those which might have come before it
 */
public record Impasse(String key, List<Placed> longestPrefix, String state, List<Operation<?, ?>> stuck) {
    private static final int PREFIX_LINES_MAX = 20;

    /** An operation at its place in the order, and the state after it. */
    public record Placed(Operation<?, ?> operation, String stateAfter) {
        @Override
        public String toString() {
            return operation + "   -- " + stateAfter;
        }
    }

    public Impasse {
        longestPrefix = List.copyOf(longestPrefix);
        stuck = List.copyOf(stuck);
    }

    @Override
    public String toString() {
        int hidden = Math.max(0, longestPrefix.size() - PREFIX_LINES_MAX);
        String prefix =
                longestPrefix.stream().skip(hidden).map(Placed::toString).collect(joining("\n  "));
        String window = stuck.stream().map(Operation::toString).collect(joining("\n  "));
        return "longest order found for key " + Words.quote(key) + ", with the state after each operation (" + hidden
                + " more before these):\n  " + prefix + "\nthen, in the state " + state
                + ", the first of these cannot take effect before it completed:\n  " + window;
    }
}
