package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A revision was waited for that is not part of the history and never will be: a recovery went on without it, see {@link Cluster#fateOf}. Nothing was written. What
 * was read at that revision, or since, may be what nobody has any more: read it again.
 */
public final class RevisionLostException extends MetastoreException {

    private final Revision revision;

    public RevisionLostException(String message, Revision revision) {
        this(message, revision, null);
    }

    public RevisionLostException(String message, Revision revision, @Nullable Throwable cause) {
        super("REVISION_LOST", message, cause);
        this.revision = revision;
    }

    /** The one that was waited for. */
    public Revision revision() {
        return revision;
    }
}
