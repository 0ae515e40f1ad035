package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What stands above the engine: the state that journal entries are applied to, and whoever wants to know what happens to the group.
 *
 * <p>{@link #apply} and {@link #skip} are called by one thread, in journal order. The notifications come on engine threads that may hold
 * engine locks: hand over and return.
 */
public interface JournalConsumer {

    /**
     * Position up to which the state on disk contains the journal now; {@link LogPosition#NONE} for nothing. Never falls. Asked on any thread: when the
     * engine starts, before it purges, and after {@link #reload}.
     */
    LogPosition durablePosition();

    /**
     * Applies one committed entry.
     *
     * @param entry read-only, valid during the call only
     * @return reply for whoever submitted the entry
     */
    byte[] apply(LogPosition position, ByteBuffer entry);

    /**
     * Reads what the leader noted in an entry about those before it. Called while the engine starts, for entries that may never be committed, on
     * another thread than {@link #apply}; changes nothing.
     *
     * @param entry read-only, valid during the call only
     * @return an index up to which everything was committed when the entry was written; -1 when the entry does not tell
     */
    long commitHint(ByteBuffer entry);

    /** An entry of the engine's own (membership, leadership) was committed at this position. */
    void skip(LogPosition position);

    /** Makes everything applied so far durable in the state and returns how far that reaches. Called on the apply thread. */
    LogPosition flush();

    /**
     * Takes the image that {@link ImageSource#fetch} got in place of the state. Called on the apply thread, between two entries; the next one applied is
     * that behind the image. The state on disk must be the new one when it returns: the journal is being cut to it. Throwing ends the engine.
     *
     * @return where the state is now, which {@link #durablePosition()} says from now on; must be the position that the fetch returned
     */
    LogPosition reload();

    /** The leader as known here changed; null when there is none. */
    void leaderChanged(@Nullable String leader, long term);

    /** This member leads and is ready to take entries in this term. */
    void leaderReady(long term);

    /**
     * This is who belongs to the group, and that is committed. Called on the apply thread, in journal order, before {@link #skip} of the same entry; after
     * {@link #reload} when the image contains it. Not repeated for what the state has on disk: see {@link Engine#configuration()} after a start.
     */
    default void membersChanged(GroupConfiguration committed) {}

    /**
     * This member lost its vote, and that is committed, while the engine still has it as a follower. It stands for no election any more, and is safe as it
     * is. The role becomes right with a new engine on the same directory, whose consumer may be this one: with a state that is ahead of {@link
     * #durablePosition()}, so that it is given again what it has applied. Called once, on the apply thread: hand over and return.
     */
    default void restartNeeded(String why) {}

    /**
     * This member was removed from the group, as a committed configuration or the leader says. The engine is over as after {@link #failed}, which is not
     * called. Called once, on any thread.
     */
    default void removed(String why) {}

    /** The engine stopped by itself: a failed journal write, an apply that threw. It takes no further part in the group. */
    void failed(String reason, @Nullable Throwable cause);
}
