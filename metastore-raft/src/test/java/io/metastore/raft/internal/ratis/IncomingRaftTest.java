package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.TransportException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncomingRaftTest {
    @Test
    void refusesWhatIsNotForItAndStaysAsItIs(@TempDir Path root) {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            TestMember member = group.awaitLeader();
            long term = member.engine.currentTerm();
            RaftGroupId own = RaftGroupId.valueOf(group.settings("a").group());
            assertRefused(member, Method.RAFT_APPEND, "no message".getBytes(StandardCharsets.UTF_8));
            assertRefused(member, Method.DESCRIBE, new byte[0]);
            assertRefused(member, Method.RAFT_VOTE, vote("a", RaftGroupId.randomId()));
            assertRefused(member, Method.RAFT_VOTE, vote("b", own));
            assertThat(member.engine.currentTerm()).isEqualTo(term);
            assertThat(member.engine.leaderReady()).isTrue();
            member.close();
            assertRefused(member, Method.RAFT_VOTE, vote("a", own));
        }
    }

    @Test
    void refusesWhatIsForAnotherIncarnation(@TempDir Path root) {
        try (TestGroup group = new TestGroup(root, "a@00000001").startAll()) {
            TestMember member = group.awaitLeader();
            long term = member.engine.currentTerm();
            RaftGroupId own = RaftGroupId.valueOf(group.settings("a@00000001").group());
            assertRefused(member, Method.RAFT_VOTE, vote("a@00000002", own));
            assertRefused(member, Method.RAFT_VOTE, vote("a", own));
            assertThat(member.engine.currentTerm()).isEqualTo(term);
            assertThat(member.engine.leaderReady()).isTrue();
        }
    }

    private static void assertRefused(TestMember member, Method method, byte[] request) {
        assertThatThrownBy(() -> member.engine.handleRaft(method, request).get())
                .cause()
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.REFUSED));
    }

    private static byte[] vote(String to, RaftGroupId group) {
        return RequestVoteRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(ByteString.copyFromUtf8("x"))
                        .setReplyId(ByteString.copyFromUtf8(to))
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group)))
                .setCandidateTerm(1000)
                .build()
                .toByteArray();
    }
}
