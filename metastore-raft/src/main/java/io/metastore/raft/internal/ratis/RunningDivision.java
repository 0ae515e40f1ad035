package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.JournalFound;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * This member's part in the group as Ratis has it, in our words: role, term, leader, members, how far its journal is. Before the start it knows nothing; after
 * the end it tells what was last known. Reads volatile fields; callable from any thread.
 */
final class RunningDivision {

    private final EngineLife life;
    private final ElectionPause pause;
    private final JournalFiles files;

    /** Null before the start has got that far; kept after the end. */
    private volatile RaftServer.@Nullable Division division;

    private volatile boolean started;

    private volatile JournalFound found = JournalFound.NONE;

    private record Translated(RaftConfiguration from, GroupConfiguration group) {}

    private volatile @Nullable Translated translated;

    RunningDivision(EngineLife life, ElectionPause pause, JournalFiles files) {
        this.life = life;
        this.pause = pause;
        this.files = files;
    }

    /** Ratis has made it. */
    void made(RaftServer.Division opened) {
        division = opened;
    }

    /** Its journal is open and as it was found. */
    void opened() {
        found = new JournalFound(-1, lastEntry());
    }

    /** What it proves to be committed counts as such. An only voter may have committed more by now. */
    void proven() {
        LogPosition last = found.last();
        found = new JournalFound(Math.min(commitIndex(), last.index()), last);
    }

    JournalFound found() {
        return found;
    }

    /** It takes part from now on. */
    void start() {
        started = true;
    }

    /** Whether it has begun to take part; also when it has ended since. */
    boolean hasStarted() {
        return started;
    }

    RaftServer.@Nullable Division get() {
        return division;
    }

    /** Null before it takes part, and as soon as the engine ends, for whatever reason. */
    RaftServer.@Nullable Division takingPart() {
        return !started || life.isOver() || life.isClosing() ? null : division;
    }

    /** As {@link #takingPart}, but that a close that has begun changes nothing, and that Ratis must not have closed it. */
    RaftServer.@Nullable Division answering() {
        RaftServer.Division current = division;
        return current == null
                        || !started
                        || life.isOver()
                        || !current.getInfo().isAlive()
                ? null
                : current;
    }

    EngineStatus status() {
        RaftServer.Division current = division;
        if (current == null) {
            return new EngineStatus(
                    life.isClosing() ? EngineStatus.Role.STOPPED : EngineStatus.Role.STARTING,
                    0,
                    null,
                    false,
                    -1,
                    -1,
                    files.bytes(),
                    life.failure());
        }
        DivisionInfo info = current.getInfo();
        RaftPeerId leader = info.getLeaderId();
        return new EngineStatus(
                role(info),
                info.getCurrentTerm(),
                leader == null || life.isOver() ? null : GroupMember.nameOf(leader.toString()),
                leaderReady(),
                commitIndex(),
                lastEntry().index(),
                files.bytes(),
                life.failure());
    }

    private EngineStatus.Role role(DivisionInfo info) {
        if (life.isOver() || life.isClosing() || !info.isAlive()) {
            return EngineStatus.Role.STOPPED;
        }
        if (!started || !info.getLifeCycleState().isRunning()) {
            return EngineStatus.Role.STARTING;
        }
        return switch (info.getCurrentRole()) {
            case LEADER -> EngineStatus.Role.LEADER;
            case LISTENER -> EngineStatus.Role.OBSERVER;
            // For Ratis, a member without a vote that did not start as one is a follower; without a leader a candidate.
            case CANDIDATE -> pause.isWithoutVote() ? EngineStatus.Role.OBSERVER : candidate();
            default -> pause.isWithoutVote() ? EngineStatus.Role.OBSERVER : EngineStatus.Role.FOLLOWER;
        };
    }

    /** While paused it stands for nothing. */
    private EngineStatus.Role candidate() {
        return pause.isRequested() ? EngineStatus.Role.FOLLOWER : EngineStatus.Role.CANDIDATE;
    }

    long currentTerm() {
        RaftServer.Division current = division;
        return current == null ? 0 : current.getInfo().getCurrentTerm();
    }

    boolean leaderReady() {
        RaftServer.Division current = division;
        return current != null
                && !life.isOver()
                && !life.isClosing()
                && current.getInfo().isLeaderReady();
    }

    boolean leads(long term) {
        RaftServer.Division current = division;
        return current != null
                && !life.isOver()
                && current.getInfo().isLeader()
                && current.getInfo().getCurrentTerm() == term;
    }

    @Nullable
    Following following() {
        RaftServer.Division current = takingPart();
        return current == null ? null : EarlyCandidacy.following(current.getInfo());
    }

    GroupConfiguration configuration() {
        RaftServer.Division current = division;
        if (current == null) {
            return GroupConfiguration.unknown();
        }
        RaftConfiguration now = current.getRaftConf();
        Translated last = translated;
        if (last == null
                || last.from() != now) { // Asked for by every read barrier; Ratis keeps one until it has another.
            last = new Translated(now, Configurations.of(now));
            translated = last;
        }
        return last.group();
    }

    /** Null until the journal is open; not when it is closed again. */
    @Nullable
    RaftLog journal() {
        RaftServer.Division current = division;
        if (current == null) {
            return null;
        }
        try {
            return current.getRaftLog();
        } catch (IllegalStateException e) {
            return null; // Ratis says so while it opens the journal.
        }
    }

    long commitIndex() {
        RaftLog journal = journal();
        return journal == null ? -1 : journal.getLastCommittedIndex();
    }

    long durableIndex() {
        RaftLog journal = journal();
        return journal == null || !journal.isOpened() ? -1 : journal.getFlushIndex();
    }

    LogPosition lastEntry() {
        RaftLog journal = journal();
        if (journal == null || !journal.isOpened()) {
            return LogPosition.NONE;
        }
        try {
            TermIndex last = journal.getLastEntryTermIndex();
            return last == null ? endOfState() : new LogPosition(last.getTerm(), last.getIndex());
        } catch (IllegalStateException e) {
            return LogPosition.NONE; // Closed since.
        }
    }

    /** What Ratis compares when a journal without entries is asked for its vote. */
    private LogPosition endOfState() {
        RaftServer.Division current = division;
        SnapshotInfo state = current == null ? null : current.getStateMachine().getLatestSnapshot();
        return state == null ? LogPosition.NONE : new LogPosition(state.getTerm(), state.getIndex());
    }
}
