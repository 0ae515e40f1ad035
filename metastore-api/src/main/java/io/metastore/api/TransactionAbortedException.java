package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The body of a transaction gave up through {@link Transaction#abort}, whose reason is the message. Nothing was written. It decided on a
 * state as fresh as that of a linearizable read.
 */
public final class TransactionAbortedException extends MetastoreException {

    public TransactionAbortedException(String message) {
        this(message, null);
    }

    public TransactionAbortedException(String message, @Nullable Throwable cause) {
        super("ABORTED", message, cause);
    }
}
