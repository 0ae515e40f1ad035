package io.metastore.raft.internal.members;

/**
 * How long the entries were that this member applied last, for whether another one is near: of large entries a thousand are gigabytes, and a majority that relies on a
 * member that lacks them waits until it has them. What was applied before this member was opened is of unknown length; so who lacks some of that is not near.
 *
 * <p>Thread-safe.
 */
public final class RecentEntries {

    /** Enough for as many as may be lacking. */
    private static final int KEPT = 1024;

    /** By index, modulo the length: the bytes noted up to and with that entry. Guarded by this. */
    private final long[] totals = new long[KEPT];

    /** The lowest index of which the total is there; the entry itself need not have been noted. Guarded by this. */
    private long lowest;

    /** The last that was noted; -1 before. Guarded by this. */
    private long last = -1;

    /** An entry was applied. In their order; behind a gap, as an image leaves it, it begins anew. */
    public synchronized void note(long index, int bytes) {
        if (last < 0 || index != last + 1) {
            lowest = index - 1;
            totals[slot(lowest)] = 0;
        }
        totals[slot(index)] = totals[slot(index - 1)] + bytes;
        last = index;
        lowest = Math.max(lowest, index - KEPT + 1);
    }

    /**
     * Up to where a member has to have the journal to be near one that has it up to an index: no more than {@link Roster#NEAR_ENTRIES} and {@link Roster#NEAR_BYTES}
     * behind it.
     *
     * @param end of the last entry; entries that are not applied here yet count as empty
     */
    public synchronized long nearFrom(long end) {
        if (last < 0) {
            return end;
        }
        long from = last;
        long least = Math.max(lowest, end - Roster.NEAR_ENTRIES);
        while (from > least && totals[slot(last)] - totals[slot(from - 1)] <= Roster.NEAR_BYTES) {
            from--;
        }
        return Math.min(end, Math.max(from, least));
    }

    private static int slot(long index) {
        return (int) (index & (KEPT - 1));
    }
}
