package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One member's part of the replicated journal. Created for one group on one directory; started once, closed once; a fresh one may then be
 * created on the same directory.
 */
public interface Engine extends AutoCloseable {

    /**
     * Opens the journal, replays what the consumer does not hold, and takes part in elections from then on. What the journal itself proves to be
     * committed is replayed without waiting for a leader: when this returns {@link #commitIndex()} says how far that goes, and applying it is under way.
     *
     * @throws EngineException nothing is left open
     */
    void start();

    /**
     * Appends one entry when this member is the leader. Callable from any thread; may block shortly while the entry goes into the in-memory
     * log, never for the disk or the network.
     *
     * @return the consumer's reply for this entry once it is committed and applied here; fails with {@link EngineException}, whose {@link
     *     EngineException#kind()} says whether the entry may be in the journal
     */
    CompletableFuture<byte[]> submit(byte[] entry);

    /** What the engine knows right now; reads volatile fields only, callable from any thread, cheap enough for every read. */
    EngineStatus status();

    /** The current term; cheaper than {@link #status()}, used by every read barrier. */
    long currentTerm();

    /** Highest index this member knows to be committed; -1 before the first. */
    long commitIndex();

    /** Last entry in this member's journal, committed or not. */
    LogPosition lastEntry();

    /** True when this member leads and has committed an entry of its own term, so that its commit index is current. */
    boolean leaderReady();

    /** True when this member is the leader of this term, ready or not, and its engine has not stopped. */
    boolean leads(long term);

    /** The leader that this member follows, with or without a vote; null without one, and when this member leads or stands for election. */
    @Nullable
    Following following();

    /**
     * Stands for election at once in place of a leader that is gone, without asking first whether the others would vote: for a caller that has
     * asked a majority of the voters whether they still hear from that leader. The vote itself is as strict as ever.
     *
     * @return true when this member now stands; false when it no longer follows that leader in that term, or has no entry of that term
     */
    CompletableFuture<Boolean> standForElection(String leader, long term);

    /** As leader: sends every follower a message now, so that they learn the commit index without waiting for the next heartbeat. */
    void heartbeatNow();

    /** Gives leadership to the named member, or to anyone when null. */
    CompletableFuture<Void> transferLeadership(@Nullable String member, Duration timeout);

    /** Stops. Idempotent; bounded by the duration, after which remaining threads are abandoned and named in the log. */
    void close(Duration bound);

    @Override
    default void close() {
        close(Duration.ofSeconds(2));
    }
}
