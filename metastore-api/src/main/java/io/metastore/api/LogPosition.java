package io.metastore.api;

/**
 * A place in the journal: the term in which the entry was written and its index.
 *
 * @param term election term, 0 before the first election
 * @param index place in the journal; the first entry has index 0, -1 is the place before it
 */
public record LogPosition(long term, long index) implements Comparable<LogPosition> {

    /** The position before the first entry. */
    public static final LogPosition NONE = new LogPosition(0, -1);

    public LogPosition {
        if (term < 0 || index < -1) {
            throw new IllegalArgumentException("invalid log position: term=" + term + " index=" + index);
        }
    }

    /** Orders by term first, then by index: the order of freshness between journals. */
    @Override
    public int compareTo(LogPosition other) {
        int byTerm = Long.compare(term, other.term);
        return byTerm != 0 ? byTerm : Long.compare(index, other.index);
    }

    @Override
    public String toString() {
        return "(" + term + ", " + index + ")";
    }
}
