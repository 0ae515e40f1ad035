package io.metastore.api;

import java.time.Duration;

/**
 * An operation that a verb of {@link Cluster} began. Only a handle: nothing depends on it being kept, or on this member staying up; the leader carries the
 * operation out, and {@link Cluster#operation} finds it again from any member. Callable from any thread.
 */
public interface PendingOperation {

    /** Identifies it in its cluster, see {@link Operation#id}. Never blocks. */
    long id();

    /** How far it has come, as far as this member knows; never blocks, never goes back. Works after it is over too. */
    Operation now();

    /**
     * Waits until it is over. An interrupt ends the wait and is kept; the operation goes on.
     *
     * @param timeout how long to wait, instead of the store's own deadline; positive
     * @return the operation, {@link OperationState#DONE}
     * @throws OperationFailedException it failed or was cancelled; carries the operation with the reason
     * @throws DeadlineExceededException it was not over in time, or the wait was interrupted; it goes on, wait again or {@link #cancel} it
     * @throws StoreClosedException this member was closed meanwhile; the operation goes on
     * @throws ForbiddenThreadException called from a transaction body, a reader, a command handler or a callback of the store
     * @throws IllegalArgumentException the timeout is not positive
     */
    Operation await(Duration timeout);

    /** Takes it back; see {@link Cluster#cancel}. */
    void cancel();
}
