package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.raft.internal.transport.Transport;
import java.io.IOException;

/** An add-on that replaces the network of a member. */
public interface TransportAddon extends Addon {

    /** The network of the member at this address. */
    Transport open(String address);

    /**
     * The network of the member at this address, for an add-on that puts something before the one it would have without it.
     *
     * @throws IOException the sockets cannot be prepared
     */
    default Transport open(String address, Sockets sockets) throws IOException {
        return open(address);
    }

    /** What a member without such an add-on uses. */
    @FunctionalInterface
    interface Sockets {
        Transport open() throws IOException;
    }
}
