package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A blocking call was made where it can never return or must not be: from a command handler, from a transaction body on the same store,
 * from a callback lane. The message names the place. Nothing was written.
 */
public final class ForbiddenThreadException extends MetastoreException {

    public ForbiddenThreadException(String message) {
        this(message, null);
    }

    public ForbiddenThreadException(String message, @Nullable Throwable cause) {
        super("FORBIDDEN_THREAD", message, cause);
    }
}
