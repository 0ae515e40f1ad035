package io.metastore.raft.internal.cluster;

/**
 * Told of each step of an operation by the leader that makes it, or the member that moves to another address, on the thread that makes it; so that a test can
 * interfere exactly there.
 */
@FunctionalInterface
public interface StepObserver {

    /** Does nothing. */
    StepObserver NONE = (member, operation, moment) -> {};

    /** Of a move that is not recorded yet. */
    long UNNUMBERED = -1;

    /** When in the course of an operation. */
    enum Moment {
        /** What is about to be done is in the operation's record. */
        RECORDED,
        /** The group is about to be changed, leadership to be handed over, or the member to listen at another address. */
        CHANGING,
        /** The member answers at another address, of which nothing is written down yet. */
        LISTENING,
        /** It was changed, or that failed. */
        CHANGED,
        /** The end is about to be recorded. */
        ENDING,
        /** The end is in the record. */
        ENDED
    }

    /**
     * A moment of an operation.
     *
     * @param operation its number; {@link #UNNUMBERED} for a move that has none yet
     */
    void at(String member, long operation, Moment moment);
}
