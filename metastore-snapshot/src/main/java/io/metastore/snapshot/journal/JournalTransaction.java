package io.metastore.snapshot.journal;

import java.util.List;

/** One transaction of a batch. */
public sealed interface JournalTransaction {

    /**
     * Checks and changes: when all checks hold then these, otherwise those. A closure is one whose checks are what it read.
     *
     * @param readRevision revision number all {@link JournalCheck.KeyUnchanged} and {@link JournalCheck.RangeUnchanged} checks were read at;
     *     when the state still has it, they hold without being looked at. -1 when there are none
     */
    record Changes(long readRevision, List<JournalCheck> checks, List<JournalOp> then, List<JournalOp> otherwise)
            implements JournalTransaction {
        public Changes {
            checks = List.copyOf(checks);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** A command to be run by its registered handler. */
    @SuppressWarnings("ArrayRecordComponent")
    record CommandCall(String name, int version, byte[] argument) implements JournalTransaction {}

    /**
     * Asks what became of an earlier transaction of the same session. Changes nothing; makes sure by its own place in the journal that the
     * answer is final, because a batch with a lower sequence is not applied after it.
     */
    record Resolve(long sequence, int transaction) implements JournalTransaction {}
}
