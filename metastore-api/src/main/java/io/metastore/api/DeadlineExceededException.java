package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed, or the calling thread was interrupted, before a write was submitted or a read or wait was done. Nothing was written;
 * the same call may be repeated.
 */
public final class DeadlineExceededException extends MetastoreException {

    public DeadlineExceededException(String message) {
        this(message, null);
    }

    public DeadlineExceededException(String message, @Nullable Throwable cause) {
        super("DEADLINE_EXCEEDED", message, cause);
    }
}
