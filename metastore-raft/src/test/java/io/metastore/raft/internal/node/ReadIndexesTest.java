package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.transport.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where the index of a linearizable read comes from, at the leader and elsewhere. */
class ReadIndexesTest {

    private final ScriptedEngine engine = new ScriptedEngine();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final Members members = new Members(LeaderConfirmationTest.peers(3, 1), transport);
    private final Condition condition = new Condition("m1", Duration.ofMinutes(5));
    private final ReadIndexes indexes = new ReadIndexes(members, condition);

    ReadIndexesTest() {
        members.engine(engine);
        engine.term = 7;
        engine.commit = 100;
    }

    private void lead() {
        engine.ready = true;
        condition.leader("m1", 7);
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    @Test
    void aLeaderAsksOnceForItsOwnReadersAndThoseOfEveryOtherMember() {
        // given
        lead();
        CompletableFuture<Long> first = indexes.barrier().join();
        assertThat(transport.calls).hasSize(2);
        // when
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(indexes.barrier().join());
            waiting.add(indexes.answer(ScriptedTransport.number(90)));
        }
        // then
        assertThat(transport.calls).as("while a round is under way").hasSize(2);
        transport.calls.get(0).answer(7);
        assertThat(first).isCompletedWithValue(100L);
        assertThat(transport.calls).as("one more round for all hundred").hasSize(4);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        transport.calls.get(3).answer(7);
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(transport.calls).hasSize(4);
    }

    @Test
    void aMemberThatDoesNotLeadAsksTheLeaderAndTellsItWhatItKnows() {
        condition.leader("m2", 7);
        CompletableFuture<Long> index = indexes.barrier().join();
        ScriptedTransport.Call call = transport.to("m2:1");
        assertThat(call.method()).isEqualTo(Method.READ_INDEX);
        assertThat(number(call.request())).isEqualTo(100);
        call.answer(123);
        assertThat(index).isCompletedWithValue(123L);
        assertThat(transport.addresses()).containsExactly("m2:1");
    }

    @Test
    void anAnswerThatIsNoneIsNotTakenForAnIndex() {
        condition.leader("m2", 7);
        CompletableFuture<Long> index = indexes.barrier().join();
        transport.to("m2:1").reply().complete(new byte[7]);
        assertUnavailable(index, "leader did not confirm itself: member=m1 leader=m2");
    }

    @Test
    void aLeaderThatFailsToAnswerMakesTheReadUnavailable() {
        condition.leader("m2", 7);
        CompletableFuture<Long> index = indexes.barrier().join();
        transport.to("m2:1").fail();
        assertUnavailable(index, "reason=as planned");
    }

    @Test
    void withoutALeaderNobodyIsAsked() {
        assertUnavailable(indexes.barrier().join(), "no leader is ready: member=m1");
        condition.leader("m1", 7); // It leads, and has not committed anything yet.
        assertUnavailable(indexes.barrier().join(), "no leader is ready: member=m1");
        condition.leader("stranger", 8);
        assertUnavailable(indexes.barrier().join(), "no leader is ready: member=m1");
        members.engine(null);
        assertUnavailable(indexes.barrier().join(), "");
        assertThat(transport.calls).isEmpty();
    }

    @Test
    void whoDoesNotLeadAnswersNobody() {
        assertUnavailable(indexes.answer(ScriptedTransport.number(90)), "member does not lead: member=m1");
        members.engine(null);
        assertUnavailable(indexes.answer(ScriptedTransport.number(90)), "member does not lead: member=m1");
    }

    @Test
    void aMemberThatIsBehindIsToldTheCommitIndexAtOnceAndNoOther() {
        lead();
        CompletableFuture<byte[]> knows = indexes.answer(ScriptedTransport.number(100));
        transport.calls.get(0).answer(7);
        assertThat(number(knows.join())).isEqualTo(100);
        assertThat(engine.heartbeats).isZero();
        CompletableFuture<byte[]> behind = indexes.answer(ScriptedTransport.number(99));
        transport.calls.get(2).answer(7);
        assertThat(number(behind.join())).isEqualTo(100);
        assertThat(engine.heartbeats).isEqualTo(1);
    }

    private static void assertUnavailable(CompletableFuture<?> answer, String text) {
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join)
                .hasRootCauseInstanceOf(UnavailableException.class)
                .hasStackTraceContaining(text);
    }
}
