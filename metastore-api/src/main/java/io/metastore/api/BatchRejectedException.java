package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The checks of a {@link Batch} did not hold and it asked for an error then, with {@link Batch#otherwiseFail}. Nothing was written. The
 * message holds that reason and the first check that failed.
 */
public final class BatchRejectedException extends MetastoreException {

    public BatchRejectedException(String message) {
        this(message, null);
    }

    public BatchRejectedException(String message, @Nullable Throwable cause) {
        super("REJECTED", message, cause);
    }
}
