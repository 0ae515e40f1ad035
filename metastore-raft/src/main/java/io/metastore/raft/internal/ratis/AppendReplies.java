package io.metastore.raft.internal.ratis;

import java.util.function.LongBinaryOperator;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a leader concludes from a follower's answers: how far its journal is like ours and on its disk. A heartbeat never moves the match index: the follower
 * confirms what it has in memory, not what it has on disk. One at a time.
 */
final class AppendReplies {
    private static final Logger log = LoggerFactory.getLogger(AppendReplies.class);

    /** A follower that keeps refusing, because it installs an image for example, is asked less often. */
    private static final int INCONSISTENCIES_MAX = 3;

    private final LogAppender appender;
    private final Appenders appenders;
    private final LongBinaryOperator nextForInconsistency;
    private final Runnable backOff;
    private int inconsistencies;

    /**
     * @param nextForInconsistency the entry to go on with, from the first one sent and the one the follower asks for
     * @param backOff called when there is no use in sending more at once
     */
    AppendReplies(
            LogAppender appender, Appenders appenders, LongBinaryOperator nextForInconsistency, Runnable backOff) {
        this.appender = appender;
        this.appenders = appenders;
        this.nextForInconsistency = nextForInconsistency;
        this.backOff = backOff;
    }

    void handle(Answer.Sent sent, AppendEntriesReplyProto reply) {
        switch (reply.getResult()) {
            case SUCCESS -> {
                inconsistencies = 0;
                if (sent.kind() == Answer.Kind.ENTRIES) {
                    confirm(sent.lastIndex());
                } else if (isStaged()) {
                    learn(sent, reply);
                }
            }
            case INCONSISTENCY -> {
                appender.getFollower()
                        .setNextIndex(nextForInconsistency.applyAsLong(sent.firstIndex(), reply.getNextIndex()));
                if (++inconsistencies > INCONSISTENCIES_MAX) {
                    backOff.run();
                }
            }
            case NOT_LEADER -> appender.onFollowerTerm(reply.getTerm());
            default -> {
                log.warn(
                        "append was not understood: from={} to={} result={}",
                        appender.getServer().getId(),
                        appender.getFollowerId(),
                        reply.getResult());
                backOff.run();
            }
        }
        // Ratis' own way also recomputes watches, which nobody sets, and wakes all appenders.
        appender.getFollower().updateCommitIndex(reply.getFollowerCommit());
        appender.getLeaderState().onAppendEntriesReply(appender, reply);
    }

    private boolean isStaged() {
        return appender.getLeaderState().isFollowerBootstrapping(appender.getFollower());
    }

    /**
     * A new follower may have a journal: of an earlier try to make it a member. What it has committed is on its disk, and is what we have; the rest is
     * found out by appending.
     */
    private void learn(Answer.Sent sent, AppendEntriesReplyProto reply) {
        long end = appender.getRaftLog().getNextIndex();
        if (appender.getFollower().getNextIndex() == RaftLog.LEAST_VALID_LOG_INDEX && reply.getNextIndex() > 0) {
            appender.getFollower().setNextIndex(Math.min(reply.getNextIndex(), end));
        }
        if (sent.kind() == Answer.Kind.QUESTION
                && reply.getFollowerCommit() > appender.getFollower().getMatchIndex()) {
            confirm(Math.min(reply.getFollowerCommit(), end - 1));
        }
    }

    private void confirm(long lastIndex) {
        appender.getFollower().updateMatchIndex(lastIndex);
        appender.getFollower().updateNextIndex(lastIndex + 1);
        boolean matters =
                lastIndex > appender.getRaftLog().getLastCommittedIndex() || isStaged() || appenders.isTransferring();
        if (matters) { // An acknowledgement after the commit moves nothing, and costs a hand-over.
            appender.getLeaderState().onFollowerSuccessAppendEntries(appender.getFollower());
        }
    }
}
