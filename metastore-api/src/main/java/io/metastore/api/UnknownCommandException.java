package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A command was executed that was not registered with {@link MetaStore.Builder#commands}. Nothing was written.
 */
public final class UnknownCommandException extends MetastoreException {

    public UnknownCommandException(String message) {
        this(message, null);
    }

    public UnknownCommandException(String message, @Nullable Throwable cause) {
        super("UNKNOWN_COMMAND", message, cause);
    }
}
