package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * No image could be made or exported. Nothing was published; the images and the journal that were there are there still, and the member goes on. The
 * message says why and what to do; checkpoints that are due are tried again by themselves.
 */
public final class CheckpointFailedException extends MetastoreException {

    public CheckpointFailedException(String message) {
        this(message, null);
    }

    public CheckpointFailedException(String message, @Nullable Throwable cause) {
        super("CHECKPOINT_FAILED", message, cause);
    }
}
