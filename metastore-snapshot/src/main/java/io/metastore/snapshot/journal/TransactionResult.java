package io.metastore.snapshot.journal;

import io.metastore.api.LogPosition;

/** What became of one transaction. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface TransactionResult {

    /**
     * It was applied.
     *
     * @param revision the revision it made, or when it changed nothing the one it found
     * @param changed whether it made that revision
     * @param matched whether its checks held
     * @param opResults one number per op of the branch that was taken
     */
    record Applied(long revision, boolean changed, boolean matched, long[] opResults) implements TransactionResult {}

    /**
     * Its checks did not hold and it had no other branch; nothing changed.
     *
     * @param check which check, from 0
     * @param currentVersion version of that check's key, 0 when absent or not a key
     */
    record Conflict(int check, long currentVersion) implements TransactionResult {}

    /** The command ran. */
    record CommandDone(long revision, boolean changed, byte[] result) implements TransactionResult {}

    /** It could not be applied; nothing changed. The same on every member. */
    record Failed(Code code, String message) implements TransactionResult {}

    /**
     * Answer to {@link JournalTransaction.Resolve}.
     *
     * @param revision that of the transaction's own result; 0 unless committed
     * @param position where the batch of the transaction was applied, which is before the one that asks; NONE unless committed
     */
    record Resolved(Answer answer, long revision, LogPosition position) implements TransactionResult {

        /** An answer that knows of no revision. */
        public Resolved(Answer answer) {
            this(answer, 0, LogPosition.NONE);
        }
    }

    /** Why a transaction failed. */
    enum Code {
        INCOMPATIBLE_TABLE,
        UNKNOWN_TABLE,
        COMMAND_FAILED,
        RANGE_TOO_LARGE,
        /** Of a command; the message is its size in bytes, in decimal. */
        RESULT_TOO_LARGE
    }

    /** What became of an earlier transaction. */
    enum Answer {
        COMMITTED,
        NOT_COMMITTED,
        /** It is older than what the session remembers. */
        FORGOTTEN
    }
}
