package io.metastore.snapshot.journal;

import io.metastore.api.LogPosition;
import java.util.List;
import java.util.UUID;

/**
 * What became of a batch; the reply that the proposer waits for.
 *
 * @param session of the batch
 * @param sequence of the batch
 * @param status whether there are results
 * @param epoch of the state
 * @param position where the batch was first applied
 * @param results one per transaction; empty unless the status is APPLIED
 */
public record BatchOutcome(
        UUID session, long sequence, Status status, long epoch, LogPosition position, List<TransactionResult> results) {

    public BatchOutcome {
        results = List.copyOf(results);
    }

    /** How a batch was taken. */
    public enum Status {
        /** Applied now, or found to be applied before: the results are those of the first time. */
        APPLIED,
        /** It comes after a later batch of its session and was not applied, or its results are no longer remembered. */
        STALE,
        /** Its session is not known and it is not the session's first batch; not applied now. */
        SESSION_UNKNOWN
    }
}
