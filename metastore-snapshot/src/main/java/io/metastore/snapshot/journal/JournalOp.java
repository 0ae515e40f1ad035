package io.metastore.snapshot.journal;

import org.jspecify.annotations.Nullable;

/** A change. Its result is one number, kept with the transaction's result. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface JournalOp {

    /** Writes a key; result: the key's new version. */
    record Put(int table, byte[] key, int valueVersion, byte[] value) implements JournalOp {}

    /** Removes a key; result: 1 when it was there, else 0. */
    record Remove(int table, byte[] key) implements JournalOp {}

    /**
     * Removes the keys of a range; result: how many.
     *
     * @param from inclusive
     * @param to exclusive; null for the end of the table
     * @param limit at most so many, 0 for all
     * @param reversed take them from the end
     * @param max when there are more than this to remove, the transaction fails with {@link TransactionResult.Failed}
     */
    record RemoveRange(int table, byte[] from, byte @Nullable [] to, int limit, boolean reversed, int max)
            implements JournalOp {}

    /** Takes numbers from a sequence; result: the first. */
    record NextIds(String sequence, int count) implements JournalOp {}

    /** Revisions are of this epoch from here on, when it is a later one; result: the epoch then. For the first thing that a recovered cluster does. */
    record BeginEpoch(long epoch) implements JournalOp {}

    /** Registers a table or raises its version; result: the table's number. Fails when incompatible. */
    record RegisterTable(TableRecord table) implements JournalOp {}
}
