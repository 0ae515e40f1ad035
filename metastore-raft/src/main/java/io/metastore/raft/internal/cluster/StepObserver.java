package io.metastore.raft.internal.cluster;

/** Told of each step of an operation by the leader that makes it, on the thread that makes it; so that a test can interfere exactly there. */
@FunctionalInterface
public interface StepObserver {

    /** Does nothing. */
    StepObserver NONE = (member, operation, moment) -> {};

    /** When in the course of an operation. */
    enum Moment {
        /** What is about to be done is in the operation's record. */
        RECORDED,
        /** The group is about to be changed, or leadership to be handed over. */
        CHANGING,
        /** It was, or that failed. */
        CHANGED,
        /** The end is about to be recorded. */
        ENDING,
        /** The end is in the record. */
        ENDED
    }

    void at(String member, long operation, Moment moment);
}
