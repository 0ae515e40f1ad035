package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * Composes what one appender sends in its term. Not with Ratis' own helper, which adds the commit index of every member to every message, and declares
 * index 0 committed, or the index behind the last entry, when there is no entry before those sent.
 */
final class AppendRequests {
    private static final int ENTRIES_MAX = 4096;

    /**
     * In one request, unless a single entry is longer. Only a member that is behind is sent so much: reading, sending and writing it at once keeps a processor and a
     * disk from others for as long. One such request after the other is still faster than entries are applied.
     */
    static final int BYTES_MAX = 256 << 10;

    private final LogAppender appender;
    private final int bytesMax;
    private final long term;
    private final RaftRpcRequestProto.Builder header;
    private final AtomicLong lastCallId = new AtomicLong();

    /** To be created while the term is the leader's own. */
    AppendRequests(LogAppender appender, int bytesMax) {
        this.appender = appender;
        this.bytesMax = Math.min(bytesMax, BYTES_MAX);
        RaftGroupMemberId self = appender.getServer().getMemberId();
        this.term = appender.getServer().getInfo().getCurrentTerm();
        this.header = RaftRpcRequestProto.newBuilder()
                .setRequestorId(self.getPeerId().toByteString())
                .setReplyId(appender.getFollowerId().toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(self.getGroupId()));
    }

    /** Whether what was composed may be sent: the term has not passed. */
    boolean isTermCurrent() {
        return appender.getServer().getInfo().getCurrentTerm() == term;
    }

    long lastCallId() {
        return lastCallId.get();
    }

    /**
     * The entries the follower needs next, as many as fit; null when they are gone, or the one before them is.
     *
     * @param upTo the last one that may be sent, not before the next one
     */
    @Nullable
    AppendEntriesRequestProto next(long upTo) throws IOException {
        long first = appender.getFollower().getNextIndex();
        TermIndex previous = appender.getPrevious(first);
        if (previous == null
                && first > RaftLog.LEAST_VALID_LOG_INDEX
                && !ImageNotice.endsImageBefore(appender.getFollower(), first)) {
            return null;
        }
        List<LogEntryProto> entries = read(first, upTo);
        return entries.isEmpty() ? null : request(entries, previous);
    }

    private List<LogEntryProto> read(long first, long upTo) throws IOException {
        List<LogEntryProto> entries = new ArrayList<>();
        long end = Math.min(appender.getRaftLog().getNextIndex(), first + ENTRIES_MAX);
        long bytes = 0;
        for (long index = first; index < end && index <= upTo; index++) {
            LogEntryProto entry = appender.getRaftLog().get(index);
            if (entry == null) {
                break; // Truncated or purged since.
            }
            if (entry.hasConfigurationEntry() && index > configurationIndex()) {
                break; // Just appended. Who may be sent it is known when it counts here, which Ratis sees to next.
            }
            bytes += entry.getSerializedSize();
            if (bytes > bytesMax && !entries.isEmpty()) {
                break;
            }
            entries.add(entry);
        }
        return entries;
    }

    private long configurationIndex() {
        return appender.getServer().getRaftConf().getLogEntryIndex();
    }

    /**
     * No entries.
     *
     * @param entriesOnTheWay then only what the follower confirmed may be relied on, not what it was sent
     */
    AppendEntriesRequestProto heartbeat(boolean entriesOnTheWay) {
        FollowerInfo follower = appender.getFollower();
        return request(
                List.of(),
                entriesOnTheWay ? confirmed(follower.getMatchIndex()) : appender.getPrevious(follower.getNextIndex()));
    }

    /** A heartbeat that calls nothing committed. */
    AppendEntriesRequestProto question() {
        return heartbeat(false).toBuilder()
                .setLeaderCommit(RaftLog.INVALID_LOG_INDEX)
                .build();
    }

    private @Nullable TermIndex confirmed(long matchIndex) {
        return matchIndex < RaftLog.LEAST_VALID_LOG_INDEX
                ? null
                : appender.getRaftLog().getTermIndex(matchIndex);
    }

    private AppendEntriesRequestProto request(List<LogEntryProto> entries, @Nullable TermIndex previous) {
        AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder()
                .setServerRequest(header.clone().setCallId(lastCallId.incrementAndGet()))
                .setLeaderTerm(term)
                .addAllEntries(entries)
                .setLeaderCommit(Math.min(appender.getRaftLog().getLastCommittedIndex(), covered(entries, previous)))
                .setInitializing(appender.getLeaderState().isFollowerBootstrapping(appender.getFollower()));
        if (previous != null) {
            request.setPreviousLog(previous.toProto());
        }
        return request.build();
    }

    /** Up to where the follower's journal is like ours once it has accepted the message; nothing beyond it may be called committed. */
    private static long covered(List<LogEntryProto> entries, @Nullable TermIndex previous) {
        if (!entries.isEmpty()) {
            return entries.get(entries.size() - 1).getIndex();
        }
        return previous == null ? RaftLog.INVALID_LOG_INDEX : previous.getIndex();
    }
}
