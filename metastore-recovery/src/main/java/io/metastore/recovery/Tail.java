package io.metastore.recovery;

/**
 * What of the chosen journal's end is taken over.
 *
 * @param kind in which way
 * @param index last entry that is taken over, for {@link Kind#CUT_AT}; -1 otherwise
 */
public record Tail(Kind kind, long index) {

    /** Ways to deal with entries of which nobody can say whether they were acknowledged. */
    public enum Kind {
        /** All of them are taken over. An unacknowledged write that survives is what its caller had to expect anyway. */
        KEEP_ALL,
        /** Those up to an index. */
        CUT_AT,
        /** Those that are certainly committed. What may have been acknowledged beyond that is lost. */
        CUT_TO_PROVEN
    }

    /** All of it: the default. */
    public static final Tail KEEP_ALL = new Tail(Kind.KEEP_ALL, -1);

    /** Only what is certainly committed. */
    public static final Tail CUT_TO_PROVEN = new Tail(Kind.CUT_TO_PROVEN, -1);

    /** Nothing behind the entry at this index. */
    public static Tail cutAt(long index) {
        return new Tail(Kind.CUT_AT, index);
    }

    public Tail {
        if ((kind == Kind.CUT_AT) != (index >= 0)) {
            throw new IllegalArgumentException(
                    "an index is given for CUT_AT and only then: kind=" + kind + " index=" + index);
        }
    }
}
