package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.Trees;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vote that was given, and one that cannot be written. */
class VoteFaultTest {

    @Test
    void aVoteThatWasGivenIsNotForgottenWithThePower(@TempDir Path temporary) throws Exception {
        Path root = temporary.toRealPath();
        Path lost = root.resolve("lost");
        FaultyDisk disk = new FaultyDisk(root);
        try (TestGroup group = new TestGroup(root, "a", "b", "c")) {
            TestMember b = group.create("b", new RecordingConsumer(), ImageSource.NONE, disk)
                    .start();
            long term = b.engine.currentTerm() + 100; // Its own elections do not come that far.
            assertThat(vote(b, "a", term, group)).as("the first of its term").isTrue();
            b.abandon();
            Trees.copy(root.resolve("b"), lost.resolve("b"));
            disk.losePower(lost);
            Trees.delete(root.resolve("b"));
            Trees.copy(lost.resolve("b"), root.resolve("b"));
            // when
            TestMember again = group.start("b");
            // then
            assertThat(vote(again, "c", term, group))
                    .as("a second of that term")
                    .isFalse();
            assertThat(vote(again, "a", term, group)).as("the same again").isTrue();
            assertThat(vote(again, "c", term + 1, group)).as("the next term").isTrue();
        }
    }

    private static boolean vote(TestMember voter, String candidate, long term, TestGroup group) throws Exception {
        byte[] request = RequestVoteRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(ByteString.copyFromUtf8(candidate))
                        .setReplyId(ByteString.copyFromUtf8(voter.name))
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                                RaftGroupId.valueOf(group.settings(voter.name).group()))))
                .setCandidateTerm(term)
                .setCandidateLastEntry(
                        TermIndexProto.newBuilder().setTerm(term - 1).setIndex(100))
                .build()
                .toByteArray();
        byte[] reply = voter.engine.handleRaft(Method.RAFT_VOTE, request).get(20, TimeUnit.SECONDS);
        return RequestVoteReplyProto.parseFrom(reply).getServerReply().getSuccess();
    }

    /** Ratis would leave it a candidate without an election. */
    @Test
    void aCandidateThatCannotWriteItsVoteEndsAndTheOthersGoOn(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c")) {
            // given
            StoppingLayer disk = new StoppingLayer();
            group.start("a");
            group.start("c");
            TestMember b = group.create("b", new RecordingConsumer(), ImageSource.NONE, disk)
                    .start();
            TestMember leader = group.awaitLeader();
            if (leader == b) {
                b.engine.transferLeadership("a", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
                leader = group.awaitLeader("b");
            }
            leader.put("before");
            await().until(() -> b.consumer.applied().contains("before"));
            // when: it is to lead, and votes for itself
            disk.arm(0);
            leader.engine.transferLeadership("b", Duration.ofSeconds(1)).exceptionally(refused -> null);
            // then
            await().untilAsserted(() -> assertThat(b.consumer.failures)
                    .singleElement()
                    .asString()
                    .contains("term and vote could not be written"));
            assertThat(disk.fired()).isTrue();
            assertThat(b.engine.status().role()).isEqualTo(EngineStatus.Role.STOPPED);
            await().atMost(Duration.ofSeconds(5))
                    .ignoreExceptionsInstanceOf(ExecutionException.class) // Until the hand-over is over.
                    .until(() -> group.awaitLeader("b").put("after").equals("applied after"));
        }
    }

    @Test
    void aVoterThatCannotWriteItsVoteGivesNoneAndEnds(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c")) {
            StoppingLayer disk = new StoppingLayer();
            TestMember b = group.create("b", new RecordingConsumer(), ImageSource.NONE, disk)
                    .start();
            disk.arm(0);
            assertThatThrownBy(() -> vote(b, "a", b.engine.currentTerm() + 100, group))
                    .hasMessageContaining("killed");
            assertThat(b.consumer.failures).singleElement().asString().contains("term and vote could not be written");
        }
    }

    @Test
    void anOnlyVoterThatCannotWriteItsVoteEnds(@TempDir Path root) {
        try (TestGroup group = new TestGroup(root, "a")) {
            TestMember first = group.start("a");
            group.awaitLeader();
            first.close();
            StoppingLayer disk = new StoppingLayer();
            TestMember again = group.create("a", new RecordingConsumer(), ImageSource.NONE, disk);
            again.engine.electionsPaused(true);
            again.start();
            disk.arm(0);
            again.engine.electionsPaused(false);
            await().untilAsserted(() -> assertThat(again.consumer.failures)
                    .singleElement()
                    .asString()
                    .contains("term and vote could not be written"));
            assertThat(again.engine.leaderReady()).isFalse();
            assertThatThrownBy(() -> again.engine.submit(new byte[1]).get())
                    .cause()
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.STOPPED));
        }
    }
}
