package io.metastore.raft.internal.ratis;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a follower that its next entries are gone from the leader's journal, and that it needs an image. The image itself travels outside Raft; the
 * follower answers with how far it got, again and again until it is done.
 */
final class ImageNotice {
    private static final Logger log = LoggerFactory.getLogger(ImageNotice.class);

    private final LogAppender appender;
    private @Nullable InstallSnapshotResult lastResult;

    ImageNotice(LogAppender appender) {
        this.appender = appender;
    }

    /** What to send, or null when the journal suffices. */
    @Nullable
    InstallSnapshotRequestProto next() {
        FollowerInfo follower = appender.getFollower();
        TermIndex firstAvailable = appender.shouldNotifyToInstallSnapshot();
        if (firstAvailable == null || !isConfigurationCommitted()) {
            return null;
        }
        if (endsImageBefore(follower, follower.getNextIndex())
                && follower.getNextIndex() >= appender.getRaftLog().getStartIndex()) {
            return null; // It has just taken an image that ends where our journal begins.
        }
        return appender.newInstallSnapshotNotificationRequest(firstAvailable);
    }

    /** The notice carries the configuration, and the follower keeps it under its index: one that is undone yet would meet another there. */
    private boolean isConfigurationCommitted() {
        return appender.getServer().getRaftConf().getLogEntryIndex()
                <= appender.getRaftLog().getLastCommittedIndex();
    }

    /**
     * Whether the follower said that it has an image up to right before this entry, so that it can be served whether or not we know the entry before. Not so
     * for an image of a single entry, which Ratis cannot tell from none.
     */
    static boolean endsImageBefore(FollowerInfo follower, long index) {
        return index > 1 && index == follower.getSnapshotIndex() + 1;
    }

    /** Returns whether the follower can be sent entries now. */
    boolean handle(InstallSnapshotReplyProto reply) throws IOException {
        FollowerInfo follower = appender.getFollower();
        InstallSnapshotResult result = reply.getResult();
        if (result != lastResult) {
            lastResult = result;
            log.info(
                    "follower needs an image: from={} to={} result={} index={}",
                    appender.getServer().getId(),
                    follower.getId(),
                    result,
                    reply.getSnapshotIndex());
        }
        switch (result) {
            case ALREADY_INSTALLED, SNAPSHOT_INSTALLED -> {
                follower.setSnapshotIndex(reply.getSnapshotIndex());
                follower.setAttemptedToInstallSnapshot();
                follower.updateCommitIndex(reply.getSnapshotIndex());
                // What waits for the follower to have all there is may wait for just this: there may be no entry to
                // follow.
                appender.getLeaderState().onFollowerSuccessAppendEntries(follower);
                return true;
            }
            case NOT_LEADER -> appender.onFollowerTerm(reply.getTerm());
            case SNAPSHOT_UNAVAILABLE, SNAPSHOT_EXPIRED -> follower.setAttemptedToInstallSnapshot();
            default -> {
                // In progress, or not understood: ask again later.
            }
        }
        return false;
    }
}
