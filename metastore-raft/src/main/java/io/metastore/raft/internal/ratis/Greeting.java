package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.transport.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;

/**
 * Asks those who are to become members whether they are there, with the heartbeat that Ratis would begin with. Ratis itself finds out only after the staging
 * timeout, which has to be long, and cannot be told to stop before.
 */
final class Greeting {
    private final RatisSettings settings;
    private final RaftServer.Division division;
    private final Wiring wiring;

    Greeting(RatisSettings settings, RaftServer.Division division, Wiring wiring) {
        this.settings = settings;
        this.division = division;
        this.wiring = wiring;
    }

    /**
     * Done when all have answered.
     *
     * @return fails with {@link EngineException}: {@link EngineException.Kind#MEMBER_SILENT} for the first that does not answer within the timeout, or
     *     answers that it is somebody else; {@link EngineException.Kind#CHANGE_INVALID} for one that has seen a later term
     */
    CompletableFuture<Void> greet(List<GroupMember> joining, Duration timeout) {
        return CompletableFuture.allOf(
                joining.stream().map(member -> greet(member, timeout)).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> greet(GroupMember member, Duration timeout) {
        return wiring.transport()
                .call(
                        wiring.addressOf(Configurations.toRatis(member)),
                        Method.RAFT_APPEND,
                        heartbeat(member).toByteArray(),
                        timeout)
                .handle((reply, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(silent(member, failure));
                    }
                    check(member, RaftMessages.parse(reply, AppendEntriesReplyProto.parser()));
                    return null;
                });
    }

    private AppendEntriesRequestProto heartbeat(GroupMember member) {
        return AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(division.getId().toByteString())
                        .setReplyId(ByteString.copyFromUtf8(member.id()))
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                                division.getMemberId().getGroupId()))
                        .setCallId(0))
                .setLeaderTerm(division.getInfo().getCurrentTerm())
                .setLeaderCommit(RaftLog.INVALID_LOG_INDEX)
                .setInitializing(true)
                .build();
    }

    private EngineException silent(GroupMember member, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return new EngineException(
                EngineException.Kind.MEMBER_SILENT,
                "members were not changed: new member does not answer: node=" + settings.self() + " member=" + member
                        + " cause=" + cause,
                null,
                cause);
    }

    private void check(GroupMember member, AppendEntriesReplyProto reply) {
        if (reply.getResult() == AppendResult.NOT_LEADER) {
            throw new EngineException(
                    EngineException.Kind.CHANGE_INVALID,
                    "members were not changed: new member has seen a later term, perhaps in another group: node="
                            + settings.self() + " member=" + member + " itsTerm=" + reply.getTerm() + " term="
                            + division.getInfo().getCurrentTerm(),
                    null,
                    null);
        }
    }
}
