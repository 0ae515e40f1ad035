package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One member's part of the replicated journal. Created for one group on one directory; started once, closed once; a fresh one may then be
 * created on the same directory.
 */
public interface Engine extends AutoCloseable {

    /**
     * Opens the journal, replays what the consumer does not hold, and takes part in elections from then on. What the journal itself proves to be
     * committed is replayed without waiting for a leader: when this returns {@link #found()} says how far that goes, and applying it is under way.
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

    /** Index up to which this member's journal is on its own disk; may be behind {@link #commitIndex()}, which others can bring about. -1 while it is not open. */
    long durableIndex();

    /**
     * What there was to begin with. By the time {@link #start} returns {@link #lastEntry()} may be an entry that this member has added: the only voter leads within
     * milliseconds, and writes that down. {@link JournalFound#NONE} before the start.
     */
    JournalFound found();

    /** Last entry in this member's journal, committed or not; in a journal without entries the one it goes on behind. */
    LogPosition lastEntry();

    /**
     * Index at which this member's journal begins: of its first entry, or of the one that will be the first in a journal without entries. Everything
     * before it is in the state on disk. -1 while the journal is not open.
     */
    long firstIndex();

    /**
     * Deletes the oldest files of the journal. Callable from any thread, beside appends and followers that are being served.
     *
     * <p>Whole files only, and never a file with an entry above {@code upTo}, above what the state has on disk ({@link
     * JournalConsumer#durablePosition()}), above what is committed, with the last entry, or that is being written. So perhaps none.
     *
     * <p>The process may end at any time: the files go oldest first, and whichever of them are gone the journal can be started again. A follower that
     * still needs an entry that is gone is told to get an image.
     *
     * @return {@link #firstIndex()} afterwards, once the files are gone; fails with {@link EngineException.Kind#IO_FAILED} when some could not be
     *     deleted, which the next purge tries again, with {@link EngineException.Kind#OVERLOADED} when the disk does not keep up, or with {@link
     *     EngineException.Kind#STOPPED}
     */
    CompletableFuture<Long> purge(long upTo);

    /**
     * The files that may be purged one day, oldest first, without the one that is being written. Asks the disk.
     *
     * @throws EngineException {@link EngineException.Kind#IO_FAILED} when the directory cannot be read, {@link EngineException.Kind#STOPPED} when the
     *     journal is not open
     */
    List<JournalFile> closedFiles();

    /**
     * Reads an entry back, for an auditor: on a thread of the caller's, waiting for the disk. Reading in journal order reads every file once and keeps one
     * of them in memory beside the engine's own cache.
     *
     * @throws EngineException {@link EngineException.Kind#IO_FAILED} when the entry cannot be read, {@link EngineException.Kind#STOPPED} when the
     *     journal is not open
     */
    JournalRecord read(long index);

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
     * @return true when this member now stands; false when it no longer follows that leader in that term, has no entry of that term, or its elections
     *     are paused
     */
    CompletableFuture<Boolean> standForElection(String leader, long term);

    /** As leader: sends every follower a message now, so that they learn the commit index without waiting for the next heartbeat. */
    void heartbeatNow();

    /** Gives leadership to the named member, or to anyone when null. Also to one whose elections are paused. */
    CompletableFuture<Void> transferLeadership(@Nullable String member, Duration timeout);

    /**
     * Who belongs to the group as far as this member's journal tells, committed or not: compare {@link GroupConfiguration#index()} with {@link
     * #commitIndex()}. {@link GroupConfiguration#unknown()} before the start and at a member that no leader has spoken to yet.
     */
    GroupConfiguration configuration();

    /**
     * Changes who belongs to the group, as leader. New members are caught up before anything changes, for as long as that takes while they answer; then
     * the new configuration is committed in two steps. At most one vote may be given or taken in one change; observers come and go freely.
     *
     * @param expected who belongs to it now, as the caller believes: the same ids in the same roles
     * @param wanted who shall belong to it then. Other addresses alone are refused: see {@link PeerAddresses}
     * @param timeout how long a new member may take to answer for the first time; one that falls silent later has ten seconds
     * @return the new configuration once it is committed; the present one when nothing was to be changed. Cancelling it gives up, after ten seconds, on
     *     new members that have not caught up, and undoes nothing. Fails with {@link EngineException}: {@link
     *     EngineException.Kind#NOT_LEADER}, {@link EngineException.Kind#NOT_READY}, {@link EngineException.Kind#CHANGE_IN_PROGRESS}, {@link
     *     EngineException.Kind#CONFIGURATION_DIFFERS}, {@link EngineException.Kind#MEMBER_SILENT}, {@link EngineException.Kind#CHANGE_TOO_LARGE},
     *     {@link EngineException.Kind#CHANGE_INVALID}, {@link EngineException.Kind#STOPPED}: nothing was changed; {@link
     *     EngineException.Kind#OUTCOME_UNKNOWN}: it may be changed yet, as {@link #configuration()} of the next leader will tell
     */
    CompletableFuture<GroupConfiguration> changeMembers(
            GroupConfiguration expected, List<GroupMember> wanted, Duration timeout);

    /** As leader: every other member, and those that are being caught up to become members; empty elsewhere. */
    List<FollowerProgress> followers();

    /**
     * Whether this member stands for election by itself. While paused it votes, follows, leads when it does, and takes leadership that is given to it.
     * Kept in memory only. Callable from any thread, also before the start, and then in force before the first election could begin.
     */
    void electionsPaused(boolean paused);

    /** Stops. Idempotent; bounded by the duration, after which remaining threads are abandoned and named in the log. */
    void close(Duration bound);

    /** Whether it has been closed and nothing of it may touch its files any more. */
    boolean isDown();

    @Override
    default void close() {
        close(Duration.ofSeconds(2));
    }
}
