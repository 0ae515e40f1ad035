package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * A table definition does not agree with the one registered in the cluster; the message shows both. Nothing was written. The key codec of a
 * table never changes; another value codec needs a higher {@link TableDef#version(int)}; a lower one means that this build is too old.
 */
public final class IncompatibleTableException extends MetastoreException {

    public IncompatibleTableException(String message) {
        this(message, null);
    }

    public IncompatibleTableException(String message, @Nullable Throwable cause) {
        super("INCOMPATIBLE_TABLE", message, cause);
    }
}
