package io.metastore.test.history;

/**
 * Numbers 0 to n-1 in a fixed order, of which some are taken out; a doubly linked list over arrays.
 *
 * <p>What is taken out keeps its links, so it can be put back at its place in constant time, if in reverse order (Knuth's
 * "dancing links"). Not thread-safe.
 */
final class PendingOrder {
    private final int[] next;
    private final int[] previous;
    private final int end;

    /** @param order each number once */
    PendingOrder(int[] order) {
        end = order.length;
        next = new int[end + 1];
        previous = new int[end + 1];
        int last = end;
        for (int number : order) {
            link(last, number);
            last = number;
        }
        link(last, end);
    }

    private void link(int left, int right) {
        next[left] = right;
        previous[right] = left;
    }

    /** The first number, or {@link #end()}. */
    int first() {
        return next[end];
    }

    int after(int number) {
        return next[number];
    }

    int end() {
        return end;
    }

    void takeOut(int number) {
        next[previous[number]] = next[number];
        previous[next[number]] = previous[number];
    }

    void putBack(int number) {
        next[previous[number]] = number;
        previous[next[number]] = number;
    }
}
