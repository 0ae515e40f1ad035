package io.metastore.raft.internal.node;

/** What a node counts. Callable from any thread; cheap. */
public interface Meters {

    /** Counts nothing. */
    Meters NONE = new Meters() {};

    /** A batch was sent for the first time. */
    default void batch(int transactions, int bytes) {}

    /** A batch was sent again. */
    default void resent() {}

    /** A batch is known to be committed: so long after it was sent for the first time. */
    default void committed(long nanos) {}

    /**
     * A write came to its end, or was refused by the queue.
     *
     * @param outcome OK, CONFLICT, or the code of the exception that its caller gets
     */
    default void transaction(String outcome, long nanos) {}

    /** A transaction body was run again after a conflict. */
    default void retried() {}

    /** An entry was applied. */
    default void applied(int transactions, long nanos) {}

    /**
     * A checkpoint came to its end.
     *
     * @param applyHeldNanos how much longer the apply thread was at its entries meanwhile than it is at others like them
     */
    default void checkpoint(boolean published, long nanos, long applyHeldNanos) {}

    /** A read was served. */
    default void read(String mode) {}
}
