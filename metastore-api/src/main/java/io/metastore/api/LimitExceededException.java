package io.metastore.api;

/**
 * Something is larger than allowed, or a key is empty. Nothing was written. The message gives the actual size, the limit and the setting
 * that changes it.
 */
public final class LimitExceededException extends MetastoreException {

    private final long actual;
    private final long limit;
    private final String option;

    /**
     * Says how much too large.
     *
     * @param what the thing that is too large, for the message
     * @param option the setting that changes the limit
     */
    public LimitExceededException(String what, long actual, long limit, String option) {
        this(what, actual, limit, option, "make it smaller");
    }

    /**
     * Says how much too large, and what to do instead of raising the limit.
     *
     * @param what the thing that is too large, for the message
     * @param option the setting that changes the limit
     * @param instead what else the caller can do, for the message
     */
    public LimitExceededException(String what, long actual, long limit, String option, String instead) {
        this(
                what + " exceeds its limit: actual=" + actual + " limit=" + limit + "; " + instead + " or raise "
                        + option,
                option,
                actual,
                limit);
    }

    private LimitExceededException(String message, String option, long actual, long limit) {
        super("LIMIT_EXCEEDED", message, null);
        this.actual = actual;
        this.limit = limit;
        this.option = option;
    }

    /**
     * Something exceeds a limit that no setting changes, because every member must agree on it.
     *
     * @param what the thing that is too large, for the message
     * @param instead what the caller can do, for the message
     */
    public static LimitExceededException fixed(String what, long actual, long limit, String instead) {
        return new LimitExceededException(
                what + " exceeds its limit: actual=" + actual + " limit=" + limit + "; no setting changes it, "
                        + instead,
                "",
                actual,
                limit);
    }

    /** An empty key: the one thing that is too small. Its limit is the least there must be, and no setting changes it. */
    public static LimitExceededException emptyKey(String table) {
        return new LimitExceededException(
                "key is empty: table=" + table
                        + " actual=0 least=1; no setting allows it, give the key at least one byte",
                "",
                0,
                1);
    }

    /** The size or count that was refused: bytes or entries, as the message says. Who counts entries stops at one more than the limit. */
    public long actual() {
        return actual;
    }

    /** The largest that is accepted; for an empty key the smallest. */
    public long limit() {
        return limit;
    }

    /** The setting that changes the limit; empty when none does. */
    public String option() {
        return option;
    }
}
