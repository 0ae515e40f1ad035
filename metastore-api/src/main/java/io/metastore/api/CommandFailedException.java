package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The handler of a command threw. Its changes were dropped on every member alike. The message holds the handler's, the exception itself
 * stays where the journal was applied.
 */
public final class CommandFailedException extends MetastoreException {

    public CommandFailedException(String message) {
        this(message, null);
    }

    public CommandFailedException(String message, @Nullable Throwable cause) {
        super("COMMAND_FAILED", message, cause);
    }
}
