package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a follower makes of what the leader replies. */
class RoutingTest {

    private static final byte OUTCOME = 0;
    private static final byte NOT_TAKEN = 1;

    private final BatchOutcome outcome =
            new BatchOutcome(new UUID(1, 2), 3, BatchOutcome.Status.STALE, 1, new LogPosition(4, 5), List.of());

    private CompletableFuture<byte[]> reply = new CompletableFuture<>();
    private final Condition condition = new Condition("fe1", Duration.ofSeconds(10));
    private Routing routing;

    @BeforeEach
    void follower() {
        Members members = new Members(new Peers("fe1", List.of(member("fe1"), member("fe2"))), new Transport() {
            @Override
            public void listen(Handler handler) {}

            @Override
            public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
                assertThat(address + " " + method).isEqualTo("fe2:9010 FORWARD");
                return reply;
            }

            @Override
            public void close() {}
        });
        members.engine(new ScriptedEngine());
        condition.leader("fe2", 4);
        routing = new Routing(members, condition, Clock.systemUTC());
    }

    private static Membership.Member member(String name) {
        return new Membership.Member(name, name + ":9010", MemberRole.VOTER, Optional.empty());
    }

    private static byte[] reply(byte status, byte[] rest) {
        byte[] bytes = new byte[rest.length + 1];
        bytes[0] = status;
        System.arraycopy(rest, 0, bytes, 1, rest.length);
        return bytes;
    }

    private Delivery delivered(byte[] bytes) {
        reply = CompletableFuture.completedFuture(bytes);
        return routing.deliver(new byte[0]).join();
    }

    @Test
    void anOutcomeIsTheAnswer() {
        assertThat(delivered(reply(OUTCOME, JournalCodec.encodeOutcome(outcome))))
                .isEqualTo(new Delivery.Answered(outcome));
    }

    /** The future used to fail, which nobody heard: the batch and all behind it waited for ever. */
    @Test
    void aReplyThatCannotBeReadLeavesItUnknownWhereverItIsDamaged() {
        byte[] sound = reply(OUTCOME, JournalCodec.encodeOutcome(outcome));
        for (int i = 1; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 1;
            assertThat(delivered(damaged)).as("byte %d", i).isInstanceOf(Delivery.Unknown.class);
            byte[] cut = Arrays.copyOf(sound, i);
            assertThat(delivered(cut)).as("%d bytes", i).isInstanceOf(Delivery.Unknown.class);
        }
        assertThat(delivered(new byte[0])).isInstanceOf(Delivery.Unknown.class);
    }

    @Test
    void aLeaderThatDidNotTakeItMayHaveTakenACopy() {
        assertThat(delivered(reply(NOT_TAKEN, new byte[0]))).isInstanceOf(Delivery.Unknown.class);
    }

    @Test
    void onlyWhatCertainlyDidNotArriveIsNotTaken() {
        reply = CompletableFuture.failedFuture(new TransportException(TransportException.Kind.UNREACHABLE, "no"));
        assertThat(routing.deliver(new byte[0]).join()).isInstanceOf(Delivery.NotTaken.class);
        reply = CompletableFuture.failedFuture(new TransportException(TransportException.Kind.FAILED, "broke"));
        assertThat(routing.deliver(new byte[0]).join()).isInstanceOf(Delivery.Unknown.class);
    }

    @Test
    void aNewLeaderEndsTheWaitForTheOld() {
        CompletableFuture<Delivery> delivery = routing.deliver(new byte[0]);
        routing.routeChanged();
        assertThat(delivery).as("the same leader").isNotDone();
        condition.leader("fe3", 5);
        routing.routeChanged();
        assertThat(delivery).isCompletedWithValueMatching(Delivery.Unknown.class::isInstance);
    }
}
