package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.engine.GroupMember;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * Ends the wait of a follower whose leader is gone. Ratis has no way to be told so; what it has is the message with which a leader hands over. Sent
 * to ourselves in the name of the lost leader it makes this member a candidate, with all its checks under Ratis' own lock: still a follower, still
 * the same term, no other leader.
 */
final class EarlyCandidacy {
    private final EngineLife life;
    private final LeaderWatch leaderWatch;
    private final ElectionPause pause;
    private final Executor blocking;

    /** @param blocking runs what forces term and vote to disk, in the engine's thread group */
    EarlyCandidacy(EngineLife life, LeaderWatch leaderWatch, ElectionPause pause, Executor blocking) {
        this.pause = pause;
        this.life = life;
        this.leaderWatch = leaderWatch;
        this.blocking = blocking;
    }

    /** The leader this member follows or observes; null for none, and for every other role. */
    static @Nullable Following following(DivisionInfo info) {
        long term = info.getCurrentTerm();
        RaftPeerId leader = info.getLeaderId();
        RaftPeerRole expected = info.getCurrentRole();
        boolean follows = expected == RaftPeerRole.FOLLOWER || expected == RaftPeerRole.LISTENER;
        if (leader == null || !follows || !info.isAlive()) {
            return null;
        }
        RoleInfoProto role = info.getRoleInfoProto();
        if (role.getRole() != expected || info.getCurrentTerm() != term) {
            return null; // It changed while we looked.
        }
        FollowerInfoProto follower = role.getFollowerInfo();
        long silentMillis =
                follower.getOutstandingOp() > 0 ? 0 : follower.getLeaderInfo().getLastRpcElapsedTimeMs();
        return new Following(GroupMember.nameOf(leader.toString()), term, Duration.ofMillis(silentMillis));
    }

    /** Becomes a candidate unless something has changed; true when it did. */
    CompletableFuture<Boolean> stand(RaftServer.Division division, String leader, long term) {
        try {
            return CompletableFuture.supplyAsync(() -> becomeCandidate(division, leader, term), blocking);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(false); // Closed since.
        }
    }

    private boolean becomeCandidate(RaftServer.Division division, String leader, long term) {
        RaftPeerId lost = division.getInfo().getLeaderId();
        RaftLog journal = division.getRaftLog();
        TermIndex last = journal.getLastEntryTermIndex();
        if (pause.isPaused()
                || lost == null
                || !GroupMember.nameOf(lost.toString()).equals(leader)) {
            return false;
        }
        if (last == null || last.getTerm() != term) {
            return false; // Ratis takes the lost leader's term from this entry; the election timeout is left.
        }
        try {
            return ((RaftServerProtocol) division)
                    .startLeaderElection(handOver(division, lost, last))
                    .getServerReply()
                    .getSuccess();
        } catch (IOException e) {
            return false; // Not running any more.
        } catch (IllegalStateException e) {
            // Its role is candidate already, and without its vote on disk it never gets further.
            life.fail("candidacy could not be made durable", e);
            return false;
        } finally {
            leaderWatch.look();
        }
    }

    private static StartLeaderElectionRequestProto handOver(
            RaftServer.Division division, RaftPeerId leader, TermIndex last) {
        return StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(leader.toByteString())
                        .setReplyId(division.getId().toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                                division.getMemberId().getGroupId()))
                        .setCallId(0))
                .setLeaderLastEntry(last.toProto())
                .build();
    }
}
