package io.metastore.raft.internal.node;

import io.metastore.snapshot.journal.BatchOutcome;

/** What became of an attempt to bring a batch into the journal. */
sealed interface Delivery {

    /** It has been applied, now or before, or was refused at its place in the journal. */
    record Answered(BatchOutcome outcome) implements Delivery {}

    /** It is certainly in no journal; it can be sent again, changed or not. */
    record NotTaken(String reason) implements Delivery {}

    /** It may be in a journal; only the same bytes may be sent again. */
    record Unknown(String reason) implements Delivery {}
}
