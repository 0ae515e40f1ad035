package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A file does not hold what it should. The message says which, where, what was expected and found. It was not changed.
 */
public final class CorruptStateException extends MetastoreException {

    public CorruptStateException(String message) {
        this(message, null);
    }

    public CorruptStateException(String message, @Nullable Throwable cause) {
        super("CORRUPT", message, cause);
    }
}
