package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.raft.internal.node.Meters;
import io.metastore.raft.internal.node.NodeGauges;

/** An add-on that counts. */
public interface MetersAddon extends Addon {

    /** Begins to count for a store that is about to be opened. */
    Opened open(String member);

    /** The meters of one store. Closed with the store, or when it could not be opened. */
    interface Opened extends AutoCloseable {

        Meters meters();

        /** The store is open and can be looked at. */
        void bind(NodeGauges gauges);

        @Override
        void close();
    }
}
