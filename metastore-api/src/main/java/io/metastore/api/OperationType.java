package io.metastore.api;

/**
 * What an {@link Operation} does: one for each verb of {@link Cluster}, and one for each long work of a member, a <em>job</em>, that somebody asked for with
 * {@link Checkpoints}. What a store imports is there before it has anything to list it in; see {@link ProgressListener}.
 */
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
    CHANGE_ADDRESS,
    /** {@link Checkpoints#create}; of those that are made by themselves only the first failure in a row. A job, which cannot be cancelled. */
    CHECKPOINT,
    /** {@link Checkpoints#replace}. A job, which cannot be cancelled. */
    REPLACE_IMAGE,
    /** {@link Checkpoints#verify}. A job. */
    VERIFY,
    /** {@link Checkpoints#exportTo}. A job. */
    EXPORT,
    /** {@link Checkpoints#dumpTo}. A job. */
    DUMP,
    /** {@link Checkpoints#audit}; fails too when the states differ. Of those that are made by themselves only what failed. A job. */
    AUDIT;

    /** Whether it is long work of the member it names, which leaves the membership as it is and keeps nobody from anything. */
    public boolean isJob() {
        return switch (this) {
            case CHECKPOINT, REPLACE_IMAGE, VERIFY, EXPORT, DUMP, AUDIT -> true;
            case ADD_VOTER,
                    ADD_OBSERVER,
                    PROMOTE,
                    DEMOTE,
                    REMOVE,
                    REPLACE,
                    TRANSFER_LEADERSHIP,
                    STEP_DOWN,
                    LEAVE,
                    CHANGE_ADDRESS -> false;
        };
    }
}
