package io.metastore.raft.internal.engine;

/**
 * Where members listen now. Asked for each message, on the thread that sends it, perhaps with engine locks held: answer at once. So an address changes
 * without a change of the configuration.
 */
@FunctionalInterface
public interface PeerAddresses {
    /** Members never move. */
    PeerAddresses AS_CONFIGURED = (id, known) -> known;

    /**
     * The address to send to.
     *
     * @param id identity of the member in the group
     * @param known its address in the configuration
     */
    String of(String id, String known);
}
