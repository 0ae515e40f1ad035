package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The directory belongs to something else than what was asked for: another cluster, another member, another format; or it is empty where a
 * member used to be. The message gives both values. No file was changed.
 */
public final class DirectoryMismatchException extends MetastoreException {

    public DirectoryMismatchException(String message) {
        this(message, null);
    }

    public DirectoryMismatchException(String message, @Nullable Throwable cause) {
        super("DIRECTORY_MISMATCH", message, cause);
    }
}
