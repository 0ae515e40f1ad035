package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * What the builder was given does not fit together, or there is no implementation. The message names the setting. Nothing was changed.
 */
public final class ConfigurationException extends MetastoreException {

    public ConfigurationException(String message) {
        this(message, null);
    }

    public ConfigurationException(String message, @Nullable Throwable cause) {
        super("CONFIGURATION", message, cause);
    }
}
