package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.raft.internal.node.Meters;
import io.metastore.raft.internal.node.NodeGauges;
import java.nio.file.Path;

/** An add-on that counts. */
public interface MetersAddon extends Addon {

    /**
     * Begins to count for a store that is about to be opened. Another store may be open already, with the same name and even in the same directory:
     * nothing of it may change when this opening fails.
     *
     * @param directory the store's own: no other open store has it, while several may have one name
     */
    Opened open(String member, Path directory);

    /** The meters of one store. Closed with the store, or when it could not be opened. */
    interface Opened extends AutoCloseable {

        Meters meters();

        /** The store is open and can be looked at. */
        void bind(NodeGauges gauges);

        @Override
        void close();
    }
}
