package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a node that its helpers share: who the others are, how to reach them, and the engine once it runs. Set while opening, read from any
 * thread.
 */
final class Members {

    private volatile Peers peers;
    private volatile @Nullable Engine engine;
    private volatile String id = "";
    private final @Nullable MovableTransport transport;

    /** @param transport null for the port-less single member */
    Members(Peers peers, @Nullable MovableTransport transport) {
        this.peers = peers;
        this.transport = transport;
    }

    /** This member's id in the group; empty while its directory is not initialised. */
    String id() {
        return id;
    }

    void id(String now) {
        id = now;
    }

    Peers peers() {
        return peers;
    }

    void peers(Peers now) {
        peers = now;
    }

    String self() {
        return peers.self();
    }

    @Nullable
    Engine engine() {
        return engine;
    }

    void engine(@Nullable Engine now) {
        engine = now;
    }

    @Nullable
    MovableTransport transport() {
        return transport;
    }

    /** Whether this member leads and may take entries. */
    boolean leads() {
        Engine now = engine;
        return now != null && now.leaderReady();
    }
}
