package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * Another store has the directory open, in this process or another. No file was changed.
 */
public final class DirectoryInUseException extends MetastoreException {

    public DirectoryInUseException(String message) {
        this(message, null);
    }

    public DirectoryInUseException(String message, @Nullable Throwable cause) {
        super("DIRECTORY_IN_USE", message, cause);
    }
}
