package io.metastore.snapshot.journal;

import org.jspecify.annotations.Nullable;

/**
 * Bytes are not what this build can read: damaged, of another kind, or written by a newer format. A journal entry like that is never skipped:
 * whoever applies it stops. The message names the version found and the version supported.
 */
public final class UndecodableEntryException extends RuntimeException {

    public UndecodableEntryException(String message) {
        this(message, null);
    }

    public UndecodableEntryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
