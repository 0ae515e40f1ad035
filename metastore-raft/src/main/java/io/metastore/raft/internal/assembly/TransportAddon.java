package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.raft.internal.transport.Transport;

/** An add-on that replaces the network of a member. */
public interface TransportAddon extends Addon {

    /** The network of the member at this address. */
    Transport open(String address);
}
