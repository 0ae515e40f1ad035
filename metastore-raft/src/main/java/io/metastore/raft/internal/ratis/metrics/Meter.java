package io.metastore.raft.internal.ratis.metrics;

/** One metric of Ratis, published or not. Called with the lock of its registry held. */
interface Meter {
    /** Starts to publish; called when not published. */
    void publish(MeterSink sink);

    /** Stops to publish; does nothing when not published. */
    void withdraw();
}
