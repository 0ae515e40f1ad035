package io.metastore.raft;

import io.metastore.raft.internal.assembly.OperationsAddon;
import io.metastore.raft.internal.cluster.StepObserver;

/**
 * Tells of each step of an operation on the membership, so that a test can kill somebody exactly there. For tests; given to every member with {@link
 * io.metastore.api.MetaStore.Builder#with}, as any of them may lead.
 */
public final class ObservedOperations implements OperationsAddon {

    private final Observer observer;

    /** When in the course of an operation. */
    public enum Moment {
        /** What is about to be done is in the operation's record. */
        RECORDED,
        /** The membership is about to be changed, leadership to be handed over, or the member to listen at another address. */
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

    /** Told by the leader, on the thread that carries operations out, or by the member that moves, on the thread that moves it; which goes on when this returns. */
    @FunctionalInterface
    public interface Observer {
        /**
         * A moment of an operation.
         *
         * @param member name of the member that carries it out
         * @param operation its id; -1 for a move that has none yet
         */
        void at(String member, long operation, Moment moment);
    }

    public ObservedOperations(Observer observer) {
        this.observer = observer;
    }

    @Override
    public String name() {
        return "observed-operations";
    }

    @Override
    public StepObserver observer() {
        return (member, operation, moment) -> observer.at(member, operation, Moment.valueOf(moment.name()));
    }
}
