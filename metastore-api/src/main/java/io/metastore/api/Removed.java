package io.metastore.api;

/**
 * What a removal did.
 *
 * @param revision the revision after it; no new one when there was nothing to remove
 * @param count how many entries are gone
 */
public record Removed(Revision revision, long count) {

    /** Whether anything was there. */
    public boolean existed() {
        return count > 0;
    }
}
