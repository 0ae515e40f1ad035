package io.metastore.api;

/**
 * The checks of a {@link Batch} did not hold and it asked for an error then, with {@link Batch#otherwiseFail}. Nothing was written. The
 * message holds that reason and the first check that failed.
 */
public final class BatchRejectedException extends MetastoreException {

    private final String reason;
    private final int check;
    private final long currentVersion;

    /**
     * Rejects.
     *
     * @param reason what the batch wants to be told
     * @param check which of its checks was the first that failed, from 0
     * @param failed that check in words
     * @param currentVersion what its key had then; 0 when it was absent
     */
    public BatchRejectedException(String reason, int check, String failed, long currentVersion) {
        super("REJECTED", reason + ": check=" + check + " (" + failed + ") currentVersion=" + currentVersion, null);
        this.reason = reason;
        this.check = check;
        this.currentVersion = currentVersion;
    }

    /** What was given to {@link Batch#otherwiseFail}. */
    public String reason() {
        return reason;
    }

    /** Which of {@link Batch#checks} was the first that failed, from 0. */
    public int check() {
        return check;
    }

    /** The version that the key of that check had; 0 when it was absent. */
    public long currentVersion() {
        return currentVersion;
    }
}
