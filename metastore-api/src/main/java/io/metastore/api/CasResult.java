package io.metastore.api;

/** What a compare-and-set did: an expected answer, not an error. Final: it is never an answer of "perhaps". */
public sealed interface CasResult permits CasResult.Applied, CasResult.Conflict {

    /**
     * The condition held and the change is committed.
     *
     * @param revision the revision it made
     */
    record Applied(Revision revision) implements CasResult {}

    /**
     * The condition did not hold; nothing was changed.
     *
     * @param currentVersion the version the key had where the change was to be applied, 0 when it was absent
     */
    record Conflict(long currentVersion) implements CasResult {}

    /** Whether the change was made. */
    default boolean applied() {
        return this instanceof Applied;
    }
}
