package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * No leader or no quorum could be reached in time, or the cluster is still forming. Nothing was written; the same call may succeed once the
 * state named in the message has passed.
 */
public final class UnavailableException extends MetastoreException {

    public UnavailableException(String message) {
        this(message, null);
    }

    public UnavailableException(String message, @Nullable Throwable cause) {
        super("UNAVAILABLE", message, cause);
    }
}
