package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * Bytes could not be decoded, or a value not encoded. Nothing was written. The message says where in the bytes, or which component, and
 * what was expected; stored bytes that a build cannot decode were mostly written by a newer one.
 */
public final class CodecException extends MetastoreException {

    public CodecException(String message) {
        this(message, null);
    }

    public CodecException(String message, @Nullable Throwable cause) {
        super("CODEC", message, cause);
    }
}
