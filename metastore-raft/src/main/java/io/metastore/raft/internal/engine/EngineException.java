package io.metastore.raft.internal.engine;

import org.jspecify.annotations.Nullable;

/** The engine could not do what it was asked. */
public final class EngineException extends RuntimeException {

    /** What the caller may conclude. */
    public enum Kind {
        /** This member does not lead; the entry is certainly not in any journal, nothing was changed. */
        NOT_LEADER,
        /** It leads but is not ready yet, or steps down; certainly not in any journal. */
        NOT_READY,
        /** Too much is pending; certainly not in any journal. */
        OVERLOADED,
        /** The entry exceeds the engine's limit; certainly not in any journal. */
        TOO_LARGE,
        /** Leadership or the engine ended while the entry or the change was pending; it may be committed yet. */
        OUTCOME_UNKNOWN,
        /** The engine is closed or has failed; not in any journal. */
        STOPPED,
        /** The engine could not start. */
        START_FAILED,
        /** The engine did not start, and no entry was touched: some are missing in the journal, or between it and the state, or it contradicts the state. */
        JOURNAL_INCOMPLETE,
        /** The disk failed what was asked; the engine goes on. */
        IO_FAILED,
        /** Another change of the members is under way; this one was not begun. */
        CHANGE_IN_PROGRESS,
        /** The members are others than the caller expected; nothing was changed. */
        CONFIGURATION_DIFFERS,
        /** A new member did not answer, or stopped answering before it had caught up; nothing was changed. */
        MEMBER_SILENT,
        /** Votes would change hands faster than is safe; nothing was changed. */
        CHANGE_TOO_LARGE,
        /** The change makes no sense, as the message explains; nothing was changed. */
        CHANGE_INVALID
    }

    private final Kind kind;

    private final @Nullable String leaderHint;

    public EngineException(Kind kind, String message, @Nullable String leaderHint, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.leaderHint = leaderHint;
    }

    public Kind kind() {
        return kind;
    }

    /** Name of the member that is thought to lead, when known. */
    public @Nullable String leaderHint() {
        return leaderHint;
    }
}
