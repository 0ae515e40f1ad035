package io.metastore.benchmarks;

/** What a cluster may be able to do beyond durable puts and being reopened. */
public enum Capability {
    /** {@link Cluster#readStrong}. */
    STRONG_READ,
    /** {@link Cluster#readLocal}. */
    LOCAL_READ,
    /** {@link Cluster#stopLeader} and {@link Cluster#restartStopped}. */
    LEADER_STOP,
    /** {@link Cluster#transact}. */
    TRANSACTIONS
}
