package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.transport.Transport;
import java.nio.file.Path;
import java.util.UUID;

/** Makes an engine that is not started yet. */
@FunctionalInterface
public interface EngineFactory {

    /**
     * An engine on this directory.
     *
     * @param journal where its files go
     * @param group identity of the group
     * @param peers the members the group starts with, the first time
     */
    Handle create(Path journal, UUID group, Peers peers, Transport transport, JournalConsumer consumer);

    /**
     * An engine with the two things the node's own interface does not need to know.
     *
     * @param engine not started
     * @param receiver takes the messages of other members' engines
     * @param abandon stops at once, as if the process had died
     */
    record Handle(Engine engine, MemberService.RaftReceiver receiver, Runnable abandon) {}
}
