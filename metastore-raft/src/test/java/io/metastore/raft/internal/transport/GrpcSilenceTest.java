package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.assertFailed;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that vanish without closing their connections, as when a host loses power. */
@Timeout(60)
class GrpcSilenceTest {
    private final GrpcMembers members = new GrpcMembers();

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void aPeerThatFallsSilentIsGivenUpAndReachedAgainWhenItIsBack() throws Exception {
        String server = members.newAddress();
        members.open(server).listen(Calls::echo);
        try (TcpRelay relay = new TcpRelay(HostPort.parse(server).port())) {
            GrpcTransport caller = members.open(
                    members.newAddress(),
                    GrpcMembers.CREDENTIALS,
                    GrpcOptions.builder().silenceMax(Duration.ofSeconds(1)).connectTimeout(Duration.ofSeconds(1)));
            await().until(() -> works(caller, relay.address()));
            relay.freeze();
            CompletableFuture<byte[]> caughtOut = call(caller, relay.address());
            long start = System.nanoTime();
            assertFailed(caughtOut, TransportException.Kind.FAILED);
            assertFailed(call(caller, relay.address()), TransportException.Kind.UNREACHABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            relay.thaw();
            await().atMost(Duration.ofSeconds(10)).until(() -> works(caller, relay.address()));
        }
    }

    @Test
    void aSlowHandlerIsNotMistakenForASilentPeer() throws Exception {
        String server = members.newAddress();
        CompletableFuture<byte[]> slow = new CompletableFuture<>();
        members.open(server).listen((method, request) -> slow);
        GrpcTransport caller = members.open(
                members.newAddress(),
                GrpcMembers.CREDENTIALS,
                GrpcMembers.options().silenceMax(Duration.ofMillis(500)));
        AtomicInteger ticks = new AtomicInteger();
        CompletableFuture<byte[]> call = call(caller, server);
        await().pollInterval(Duration.ofMillis(100)).until(() -> ticks.incrementAndGet() > 20);
        assertThat(call).isNotDone();
        slow.complete(bytes("at last"));
        assertThat(get(call)).isEqualTo("at last");
    }

    @Test
    void aPeerThatCallsIsCalledBackWithoutWaitingForThePauseToEnd() throws Exception {
        String a = members.newAddress();
        String b = members.newAddress();
        GrpcTransport atA = members.open(
                a,
                GrpcMembers.CREDENTIALS,
                GrpcMembers.options().reconnect(Duration.ofMinutes(5), Duration.ofMinutes(5)));
        atA.listen(Calls::echo);
        assertFailed(call(atA, b), TransportException.Kind.UNREACHABLE);
        Transport atB = members.open(b);
        atB.listen(Calls::echo);
        assertFailed(call(atA, b), TransportException.Kind.UNREACHABLE); // Still in the pause.
        assertThat(get(call(atB, a))).isEqualTo("x");
        assertThat(get(call(atA, b))).isEqualTo("x");
    }

    private static boolean works(Transport caller, String address) {
        return call(caller, address).handle((reply, failure) -> failure == null).join();
    }

    private static CompletableFuture<byte[]> call(Transport caller, String address) {
        return caller.call(address, Method.FORWARD, bytes("x"), LONG);
    }
}
