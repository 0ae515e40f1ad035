package io.metastore.recovery.journal;

/**
 * What leaders wrote into the journal of how far it was committed.
 *
 * @param count how many entries say so
 * @param highest index that one of them says is committed; -1 for none. A lower bound: more may be
 */
public record CommitHints(long count, long highest) {

    /** Where there are none. */
    public static final CommitHints NONE = new CommitHints(0, -1);

    /** Those of both. */
    public CommitHints plus(CommitHints other) {
        return new CommitHints(count + other.count, Math.max(highest, other.highest));
    }
}
