package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The store was closed, before the call or while it waited. Nothing was written; a write that had been submitted fails with {@link
 * OutcomeUnknownException} instead.
 */
public final class StoreClosedException extends MetastoreException {

    public StoreClosedException(String message) {
        this(message, null);
    }

    public StoreClosedException(String message, @Nullable Throwable cause) {
        super("CLOSED", message, cause);
    }
}
