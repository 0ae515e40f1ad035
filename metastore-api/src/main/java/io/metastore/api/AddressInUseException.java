package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The member's port could not be opened: something else listens there, or the address is not of this host. Nothing was changed.
 */
public final class AddressInUseException extends MetastoreException {

    public AddressInUseException(String message) {
        this(message, null);
    }

    public AddressInUseException(String message, @Nullable Throwable cause) {
        super("ADDRESS_IN_USE", message, cause);
    }
}
