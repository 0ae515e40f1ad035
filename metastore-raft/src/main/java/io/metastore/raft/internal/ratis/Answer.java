package io.metastore.raft.internal.ratis;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/** What came back for one append: a reply or a failure. */
final class Answer {
    private final Sent sent;
    private final byte @Nullable [] reply;
    private final @Nullable Throwable failure;

    Answer(Sent sent, byte @Nullable [] reply, @Nullable Throwable failure) {
        this.sent = sent;
        this.reply = reply;
        this.failure = failure;
    }

    Sent sent() {
        return sent;
    }

    /** Null for a failure. */
    byte @Nullable [] reply() {
        return reply;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /**
     * What has to be remembered of an append until its answer.
     *
     * @param kind what it was
     * @param firstIndex of its entries, -1 without entries
     * @param lastIndex of its entries, -1 without entries
     * @param time when it was sent
     */
    record Sent(Kind kind, long firstIndex, long lastIndex, Timestamp time) {
        static Sent of(AppendEntriesRequestProto request) {
            int count = request.getEntriesCount();
            boolean plain = request.getLeaderCommit() == RaftLog.INVALID_LOG_INDEX;
            return new Sent(
                    count > 0 ? Kind.ENTRIES : plain ? Kind.QUESTION : Kind.HEARTBEAT,
                    count == 0
                            ? RaftLog.INVALID_LOG_INDEX
                            : request.getEntries(0).getIndex(),
                    count == 0
                            ? RaftLog.INVALID_LOG_INDEX
                            : request.getEntries(count - 1).getIndex(),
                    Timestamp.currentTime());
        }

        static Sent imageNotice() {
            return new Sent(
                    Kind.IMAGE_NOTICE, RaftLog.INVALID_LOG_INDEX, RaftLog.INVALID_LOG_INDEX, Timestamp.currentTime());
        }
    }

    /** What an appender sends. */
    enum Kind {
        HEARTBEAT,
        /** A heartbeat that calls nothing committed: its answer tells what the follower has committed, not what it was told. */
        QUESTION,
        ENTRIES,
        IMAGE_NOTICE
    }
}
