package io.metastore.api;

/** What a member can do. */
public enum StoreState {
    /** A new cluster whose members have not all met yet; nothing can be read or written. */
    FORMING,
    /** Asked to be taken into the cluster and not in its configuration yet; nothing can be read or written. */
    JOINING,
    /** Replaying its journal, or looking for a leader for the first time. */
    STARTING,
    /** Reads and writes. */
    SERVING,
    /** No leader or no quorum: local reads only; comes back by itself. */
    NO_QUORUM,
    /**
     * Less free disk than {@link Limits#diskFreeBytesMin}: no writes, so that nothing is damaged when it is full. A member alone serves all reads; one of several takes no
     * part in the cluster meanwhile, hands leadership over, and serves local reads. Comes back by itself when there is room.
     */
    READ_ONLY,
    /** It met a journal entry that it cannot apply; local reads only, until a build that can is started. */
    HALTED,
    /** It has stopped taking part; local reads only, if any. */
    FAILED,
    /** It was removed from the cluster and takes no part any more; local reads go on as of then, its directory is kept. */
    REMOVED,
    /** A recovery is giving it another epoch, or was cut off in that: local reads only, until it is carried out or aborted. */
    RECOVERING,
    /** The cluster was recovered without it: its epoch has ended. Local reads only, as of then; its directory is kept, and sealed. */
    SUPERSEDED,
    /** Closed. */
    CLOSED
}
