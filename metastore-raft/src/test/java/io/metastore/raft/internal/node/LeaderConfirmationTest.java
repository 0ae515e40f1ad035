package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a leader takes for proof that it still leads. */
class LeaderConfirmationTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final LeaderConfirmation confirmation = new LeaderConfirmation("m1");

    LeaderConfirmationTest() {
        engine.ready = true;
        engine.term = 7;
        engine.commit = 100;
    }

    /** Members m1 (this one), m2, m3 and so on, then observers o1, o2 and so on; each at the address of its name. */
    static Peers peers(int voters, int observers) {
        List<Membership.Member> members = new ArrayList<>();
        for (int i = 1; i <= voters; i++) {
            members.add(new Membership.Member("m" + i, "m" + i + ":1", MemberRole.VOTER, Optional.empty()));
        }
        for (int i = 1; i <= observers; i++) {
            members.add(new Membership.Member("o" + i, "o" + i + ":1", MemberRole.OBSERVER, Optional.empty()));
        }
        return new Peers("m1", members);
    }

    private CompletableFuture<Long> confirm(int voters, int observers) {
        return confirm(peers(voters, observers), transport);
    }

    private CompletableFuture<Long> confirm(Peers peers, @Nullable ScriptedTransport over) {
        return confirmation.confirm(engine, peers, over, TIMEOUT);
    }

    private static void assertUnavailable(CompletableFuture<Long> answer, String text) {
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join)
                .cause()
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(text);
    }

    @Test
    void everyOtherVoterIsAskedForItsTermAndNoObserver() {
        assertThat(confirm(3, 2)).isNotDone();
        assertThat(transport.addresses()).containsExactlyInAnyOrder("m2:1", "m3:1");
        assertThat(transport.calls).allMatch(call -> call.method() == Method.CONFIRM_TERM);
    }

    @Test
    void oneOfTwoOthersIsEnoughAndOneOfFourIsNot() {
        CompletableFuture<Long> ofThree = confirm(3, 0);
        transport.to("m2:1").answer(7);
        assertThat(ofThree).isCompletedWithValue(100L);
        transport.calls.clear();
        CompletableFuture<Long> ofFive = confirm(5, 1);
        transport.to("m4:1").answer(7);
        assertThat(ofFive).isNotDone();
        transport.to("m5:1").answer(6); // It has not heard of this term yet, so it has not voted in a later one.
        assertThat(ofFive).isCompletedWithValue(100L);
    }

    @Test
    void theIndexIsThatOfTheMomentBeforeAnybodyWasAsked() {
        CompletableFuture<Long> answer = confirm(3, 0);
        engine.commit = 200;
        transport.to("m2:1").answer(7);
        assertThat(answer).isCompletedWithValue(100L);
    }

    @Test
    void aVoterWithALaterTermDoesNotConfirm() {
        CompletableFuture<Long> answer = confirm(3, 0);
        transport.to("m2:1").answer(8);
        assertThat(answer).isNotDone();
        transport.to("m3:1").answer(8);
        assertUnavailable(answer, "a majority did not confirm the leader: member=m1 term=7 confirmed=1 needed=2");
    }

    @Test
    void isRefusedAsSoonAsTooFewAreLeftToAnswer() {
        CompletableFuture<Long> answer = confirm(5, 0);
        transport.to("m2:1").fail();
        transport.to("m3:1").answer(8);
        assertThat(answer).isNotDone();
        transport.to("m4:1").reply().complete(new byte[3]); // Not an answer.
        assertUnavailable(answer, "confirmed=1 needed=3");
        transport.to("m5:1").answer(7);
        assertUnavailable(answer, "confirmed=1 needed=3");
    }

    @Test
    void whatTheOthersSayIsWorthNothingWhenLeadershipEndedMeanwhile() {
        CompletableFuture<Long> answer = confirm(3, 0);
        engine.ready = false;
        transport.to("m2:1").answer(7);
        assertUnavailable(answer, "leadership ended while it was confirmed: member=m1 term=7");
    }

    @Test
    void whatTheOthersSayIsWorthNothingWhenThisIsLeaderOfALaterTermMeanwhile() {
        CompletableFuture<Long> answer = confirm(3, 0);
        engine.term = 9; // It lost its leadership and won it back; its commit index of then is not that of the writes between.
        transport.to("m2:1").answer(7);
        assertUnavailable(answer, "leadership ended");
    }

    @Test
    void whoDoesNotLeadAsksNobody() {
        engine.ready = false;
        assertUnavailable(confirm(3, 0), "member does not lead: member=m1");
        assertThat(transport.calls).isEmpty();
    }

    @Test
    void theOnlyVoterNeedsNobodyAndAsksNobody() {
        assertThat(confirm(1, 2)).isCompletedWithValue(100L);
        assertThat(confirm(peers(1, 0), null)).isCompletedWithValue(100L);
        assertThat(transport.calls).isEmpty();
    }
}
