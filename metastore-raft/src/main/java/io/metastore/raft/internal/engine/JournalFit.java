package io.metastore.raft.internal.engine;

/**
 * Whether a state and a journal go together.
 *
 * @param fit what is wrong
 * @param facts for a message
 */
public record JournalFit(JournalExtent.Fit fit, String facts) {
    public boolean fits() {
        return fit == JournalExtent.Fit.FITS;
    }
}
