package io.metastore.raft.internal.ratis;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;

/**
 * Makes a follower again of a candidate. One whose timeout was over while its elections were paused is a candidate without an election: Ratis begins none
 * when they are resumed, and would wait for a message of somebody else for ever. These are messages to ourselves, as somebody else could have sent them.
 */
final class IdleCandidate {

    private IdleCandidate() {}

    /** A heartbeat in the name of the leader this member knew last, without any content: to be handled only while this member is a candidate in its term. */
    static AppendEntriesRequestProto heartbeat(RaftServer.Division division, RaftPeerId leader, long term) {
        return AppendEntriesRequestProto.newBuilder()
                .setServerRequest(header(division, leader))
                .setLeaderTerm(term)
                .setLeaderCommit(RaftLog.INVALID_LOG_INDEX)
                .setInitializing(true)
                .build();
    }

    /** When no leader is known: our own candidacy in the next term, as if it had been begun and lost, since nobody else is asked. */
    static RequestVoteRequestProto lostElection(RaftServer.Division division) {
        return RequestVoteRequestProto.newBuilder()
                .setServerRequest(header(division, division.getId()))
                .setCandidateTerm(division.getInfo().getCurrentTerm() + 1)
                .setCandidateLastEntry(TermIndexProto.getDefaultInstance())
                .setPreVote(false)
                .build();
    }

    /** Whether this member is a candidate that may have no election. */
    static boolean isPossible(DivisionInfo info) {
        return info.isAlive() && info.isCandidate();
    }

    private static RaftRpcRequestProto header(RaftServer.Division division, RaftPeerId from) {
        return RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8(from.toString()))
                .setReplyId(division.getId().toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                        division.getMemberId().getGroupId()))
                .setCallId(0)
                .build();
    }
}
