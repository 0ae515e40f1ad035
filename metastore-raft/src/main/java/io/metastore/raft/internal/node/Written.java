package io.metastore.raft.internal.node;

import io.metastore.api.Revision;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.TransactionResult;

/**
 * A transaction that has its result.
 *
 * @param result what became of it
 * @param batch where it stands in the journal
 * @param epoch that its receipt names
 */
public record Written(TransactionResult result, BatchOutcome batch, long epoch) {

    /** A revision of the epoch and place of this write. */
    public Revision revision(long number) {
        return new Revision(epoch, number, batch.position());
    }
}
