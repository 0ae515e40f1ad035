package io.metastore.recovery.branch;

/** What became of a key since the entries that the next epoch took over. */
public enum Since {
    /** Nobody has written or removed it. */
    UNCHANGED,
    /** Somebody has. */
    CHANGED,
    /** It was last written or removed by a transaction of this branch that was proposed again. */
    REPROPOSED,
    /** That cannot be told: it is absent, and changes since are not kept any more; or the epoch did not note where it began. */
    UNKNOWN
}
