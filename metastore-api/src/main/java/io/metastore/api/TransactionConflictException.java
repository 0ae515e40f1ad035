package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A transaction body was run again and again until the deadline, and each time something it had read was changed by another. Nothing was
 * written; look for a hot key, or use a {@link Batch} or a command.
 */
public final class TransactionConflictException extends MetastoreException {

    public TransactionConflictException(String message) {
        this(message, null);
    }

    public TransactionConflictException(String message, @Nullable Throwable cause) {
        super("CONFLICT", message, cause);
    }
}
