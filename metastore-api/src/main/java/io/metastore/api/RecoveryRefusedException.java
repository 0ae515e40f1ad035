package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A recovery, or a start that a recovery forbids, was refused. Nothing was changed. The message gives what was found and the next safe step; {@link #reason} is
 * the same for programs.
 */
public final class RecoveryRefusedException extends MetastoreException {

    /** Why it was refused, and what to do. */
    public enum Reason {
        /** The directory has promised a recovery to take no part in its epoch any more: resume that recovery, or abort it. */
        SEALED,
        /** A majority of the voters is alive: nothing is lost, replace the others as members of the running cluster. */
        QUORUM_ALIVE,
        /** Acknowledged writes may be lost: read the plan, find more copies, or consent to exactly that plan. */
        LOSS_POSSIBLE,
        /** The consent is to another plan. */
        OTHER_PLAN,
        /** The copies are not of one cluster. */
        OTHER_CLUSTER,
        /** What was surveyed has changed since: survey again. */
        CHANGED_SINCE,
        /** A source could not be looked at: bring it back, or say that it is to be done without. */
        SOURCE_SILENT,
        /** A voter that was not looked at is up and answers: stop it, and look at its directory too. */
        MEMBER_ANSWERS,
        /** What is to go on is what a member of another process has, and nothing here can take it over: carry the recovery out there, or bring its directory here. */
        COPY_ELSEWHERE,
        /** A copy cannot be used as the source: it is damaged, or nothing in it can be opened. */
        UNUSABLE_COPY,
        /** The disk has too little space for it. */
        NO_SPACE,
        /** The new epoch has taken writes already, or other members are in it. */
        CANNOT_UNDO,
        /** The recovery has come past the point where it can be aborted: undo it, or go on. */
        CANNOT_ABORT,
        /** There is no recovery under way in the directory. */
        NOTHING_UNDER_WAY
    }

    private final Reason reason;

    /**
     * Refuses.
     *
     * @param message constant sentence, facts, next step
     */
    public RecoveryRefusedException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** Refuses because of another failure. */
    public RecoveryRefusedException(Reason reason, String message, @Nullable Throwable cause) {
        super("RECOVERY_REFUSED", message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
