package io.metastore.api;

/**
 * The state after one committed mutating transaction. Numbers count such transactions from 1, are never reused and never go back, also
 * across recovery and restore; 0 is the empty store. A transaction that changes nothing makes none. Registering a table is a change.
 *
 * @param epoch how often the cluster was recovered, from 1
 * @param number counts committed mutating transactions
 * @param position where in the journal the transaction stands
 */
public record Revision(long epoch, long number, LogPosition position) implements Comparable<Revision> {

    /** The empty store. */
    public static final Revision NONE = new Revision(1, 0, LogPosition.NONE);

    public Revision {
        if (epoch < 1 || number < 0) {
            throw new IllegalArgumentException("invalid revision: epoch=" + epoch + " number=" + number);
        }
    }

    /** Orders by number, then by epoch. */
    @Override
    public int compareTo(Revision other) {
        int byNumber = Long.compare(number, other.number);
        return byNumber != 0 ? byNumber : Long.compare(epoch, other.epoch);
    }

    /** The number, as status tables and messages show it. */
    @Override
    public String toString() {
        return Long.toString(number);
    }
}
