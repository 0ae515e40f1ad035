package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * This member has stopped for good: a disk error, an entry it could not apply, a directory that is not its own. The message says which and
 * what to do; other members may be well. Nothing was written by this call.
 */
public final class StoreFailedException extends MetastoreException {

    public StoreFailedException(String message) {
        this(message, null);
    }

    public StoreFailedException(String message, @Nullable Throwable cause) {
        super("FAILED", message, cause);
    }
}
