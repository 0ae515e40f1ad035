package io.metastore.raft.internal.node;

import java.util.concurrent.CompletableFuture;

/** Knows where batches go at the moment. Callable from any thread. */
interface BatchRouter {

    /** Whether there is a leader to send to. */
    boolean hasRoute();

    /** Sends a batch to the leader, here or elsewhere. A future that fails counts as {@link Delivery.Unknown}. */
    CompletableFuture<Delivery> deliver(byte[] batch);

    /** The leader may have changed: what is still on its way to another than the one known now is given up as {@link Delivery.Unknown}. */
    void routeChanged();

    /** Why nothing can be written, when it is known that waiting will not help soon; null while it may. */
    @org.jspecify.annotations.Nullable
    String refusal();
}
