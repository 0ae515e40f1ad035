package io.metastore.recovery.inspect;

import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.journal.TransactionResult.Applied;
import io.metastore.snapshot.journal.TransactionResult.CommandDone;

/** Which revisions a batch made. */
final class Outcomes {

    private Outcomes() {}

    /** The place in the batch of the transaction that made a revision; -1 when none of them did. */
    static int maker(BatchOutcome outcome, long revision) {
        if (outcome.status() != BatchOutcome.Status.APPLIED) {
            return -1;
        }
        for (int i = 0; i < outcome.results().size(); i++) {
            TransactionResult result = outcome.results().get(i);
            boolean made = (result instanceof Applied applied && applied.changed() && applied.revision() == revision)
                    || (result instanceof CommandDone done && done.changed() && done.revision() == revision);
            if (made) {
                return i;
            }
        }
        return -1;
    }
}
