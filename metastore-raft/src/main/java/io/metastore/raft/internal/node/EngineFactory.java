package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.engine.StoppedJournal;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.ToLongFunction;

/** Makes an engine that is not started yet, and knows what is in its files before. */
public interface EngineFactory {

    /**
     * An engine on a directory.
     *
     * @param images for when the leader's journal does not reach back far enough
     * @param addresses where the others listen now
     */
    Handle create(
            Place place, Transport transport, JournalConsumer consumer, ImageSource images, PeerAddresses addresses);

    /**
     * Where an engine goes.
     *
     * @param journal where its files go
     * @param group identity of the group
     * @param self this member's id in the group
     * @param peers the members the group starts with, the first time; when this member is not among them it is told by a leader
     * @param mayBeginBehindState whether a journal that does not exist yet may begin behind a state that came from an image: only while this member has
     *     acknowledged nothing
     */
    record Place(Path journal, UUID group, MemberId self, Peers peers, boolean mayBeginBehindState) {}

    /**
     * Makes the only voter of a journal that no engine has open the member that the place names. Does nothing when it is that already, and when the group
     * has other members.
     */
    void reidentify(Place place) throws IOException;

    /**
     * A journal that no engine has open.
     *
     * @param journal as for {@link #create}; need not exist
     * @param commitHints as {@link JournalConsumer#commitHint}
     */
    StoppedJournal stopped(Path journal, UUID group, ToLongFunction<ByteBuffer> commitHints);

    /**
     * An engine with the two things the node's own interface does not need to know.
     *
     * @param engine not started
     * @param receiver takes the messages of other members' engines
     * @param abandon stops at once, as if the process had died
     */
    record Handle(Engine engine, MemberService.RaftReceiver receiver, Runnable abandon) {}
}
