package io.metastore.api;

/**
 * The state after one committed mutating transaction. Numbers count such transactions from 1 and are never reused in an epoch; 0 is the empty store. A transaction
 * that changes nothing makes none. Registering a table is a change.
 *
 * <p>A recovery begins an epoch that goes on from the last revision it took over. Where it had to leave something behind, the numbers of that are given again with the
 * new epoch: whoever keeps what he read across a recovery compares both. {@link Cluster#fateOf} says what became of it, and waiting for one that was left behind, or
 * reading {@link ReadMode#atLeast} that, ends with {@link RevisionLostException}.
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
