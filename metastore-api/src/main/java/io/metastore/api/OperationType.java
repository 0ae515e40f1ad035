package io.metastore.api;

/** What an {@link Operation} does; one for each verb of {@link Cluster}. */
public enum OperationType {
    /** {@link Cluster#addVoter}. */
    ADD_VOTER,
    /** {@link Cluster#addObserver}. */
    ADD_OBSERVER,
    /** {@link Cluster#promote}. */
    PROMOTE,
    /** {@link Cluster#demote}. */
    DEMOTE,
    /** {@link Cluster#remove} and {@link Cluster#forceRemove}. */
    REMOVE,
    /** {@link Cluster#replace}, and what {@link MetaStore.Builder#autoReplace} asks for. */
    REPLACE,
    /** {@link Cluster#transferLeadership}. */
    TRANSFER_LEADERSHIP,
    /** {@link Cluster#stepDown}. */
    STEP_DOWN,
    /** {@link Cluster#leave}. */
    LEAVE,
    /** {@link Cluster#changeAddress}. */
    CHANGE_ADDRESS
}
