package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The directory cannot be used: not writable, not a directory, an I/O error. What was there is unchanged.
 */
public final class DirectoryUnusableException extends MetastoreException {

    public DirectoryUnusableException(String message) {
        this(message, null);
    }

    public DirectoryUnusableException(String message, @Nullable Throwable cause) {
        super("DIRECTORY_UNUSABLE", message, cause);
    }
}
