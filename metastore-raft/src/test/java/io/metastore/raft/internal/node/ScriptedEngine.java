package io.metastore.raft.internal.node;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.engine.JournalFile;
import io.metastore.raft.internal.engine.JournalFound;
import io.metastore.raft.internal.engine.JournalRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An engine that says what a test tells it to and notes what it is asked to stand for. */
final class ScriptedEngine implements Engine {
    final List<String> stoodFor = new ArrayList<>();
    long term = 1;
    boolean leader;

    /** Whether it says that it leads and has committed an entry of its term. */
    boolean ready;

    boolean stopped;

    long commit = 10;
    int heartbeats;

    @Nullable
    Following following;

    LogPosition last = new LogPosition(1, 10);
    long durable;
    long first;
    List<FollowerProgress> followers = List.of();

    /** Happens while somebody asks how far the followers are. */
    Runnable duringFollowers = () -> {};

    @Override
    public boolean leads(long ofTerm) {
        return leader && term == ofTerm;
    }

    @Override
    public @Nullable Following following() {
        return following;
    }

    @Override
    public CompletableFuture<Boolean> standForElection(String leaderThatIsGone, long ofTerm) {
        stoodFor.add(leaderThatIsGone + "@" + ofTerm);
        return new CompletableFuture<>();
    }

    @Override
    public long currentTerm() {
        return term;
    }

    @Override
    public JournalFound found() {
        return JournalFound.NONE;
    }

    @Override
    public LogPosition lastEntry() {
        return last;
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<byte[]> submit(byte[] entry) {
        throw new UnsupportedOperationException();
    }

    @Override
    public EngineStatus status() {
        EngineStatus.Role role = stopped ? EngineStatus.Role.STOPPED : EngineStatus.Role.FOLLOWER;
        return new EngineStatus(role, term, null, false, commit, last.index(), 0, null);
    }

    @Override
    public long commitIndex() {
        return commit;
    }

    @Override
    public long durableIndex() {
        return durable;
    }

    @Override
    public long firstIndex() {
        return first;
    }

    @Override
    public CompletableFuture<Long> purge(long upTo) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<JournalFile> closedFiles() {
        throw new UnsupportedOperationException();
    }

    @Override
    public JournalRecord read(long index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean leaderReady() {
        return ready;
    }

    @Override
    public void heartbeatNow() {
        heartbeats++;
    }

    @Override
    public CompletableFuture<Void> transferLeadership(@Nullable String member, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GroupConfiguration configuration() {
        return GroupConfiguration.unknown();
    }

    @Override
    public CompletableFuture<GroupConfiguration> changeMembers(
            GroupConfiguration expected, List<GroupMember> wanted, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<FollowerProgress> followers() {
        duringFollowers.run();
        return followers;
    }

    @Override
    public void electionsPaused(boolean paused) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close(Duration bound) {}

    @Override
    public boolean isDown() {
        return true;
    }
}
