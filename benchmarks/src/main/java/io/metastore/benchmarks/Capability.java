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
    TRANSACTIONS,
    /** {@link Cluster#images}, asked to make some; the driver opens with {@link ImagePlan#ON_REQUEST}. */
    IMAGES,
    /** {@link Cluster#crash}. */
    CRASH,
    /** {@link Cluster#stopFollower} and an image for it when it comes back, see {@link Images}; besides {@link #IMAGES}. */
    SHIPPING,
    /** {@link Cluster#restartStoppedEmpty}; besides {@link #SHIPPING}. */
    WIPE,
    /** Verifying, exporting and importing an image, see {@link Images}; besides {@link #IMAGES}. */
    ARCHIVE
}
