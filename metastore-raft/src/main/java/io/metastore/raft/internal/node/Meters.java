package io.metastore.raft.internal.node;

/** What a node counts. Callable from any thread; cheap. */
public interface Meters {

    /** Counts nothing. */
    Meters NONE = new Meters() {};

    /** A batch was sent for the first time. */
    default void batch(int transactions, int bytes) {}

    /** A batch was sent again. */
    default void resent() {}

    /** A write came to its end. */
    default void transaction(String outcome, long nanos) {}

    /** A transaction body was run again after a conflict. */
    default void retried() {}

    /** An entry was applied. */
    default void applied(int transactions, long nanos) {}

    /** A read was served. */
    default void read(String mode) {}
}
