package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * Too many transactions wait already. Nothing was written; try again after a pause, or with fewer callers.
 */
public final class OverloadedException extends MetastoreException {

    public OverloadedException(String message) {
        this(message, null);
    }

    public OverloadedException(String message, @Nullable Throwable cause) {
        super("OVERLOADED", message, cause);
    }
}
