package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.assertFailed;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.failureOf;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every limit holds, says so with its number and option, and hurts only who ran into it. */
@Timeout(60)
class GrpcLimitsTest {
    private static final int KIB = 1 << 10;

    private final GrpcMembers members = new GrpcMembers();
    private String server;

    @BeforeEach
    void chooseAddress() throws IOException {
        server = members.newAddress();
    }

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void aRequestOverTheLimitIsRefusedBeforeItLeaves() throws Exception {
        open(server, GrpcMembers.options()).listen(Calls::echo);
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options().messageBytesMax(64 * KIB));
        CompletableFuture<byte[]> call = caller.call(server, Method.FORWARD, new byte[64 * KIB + 1], LONG);
        assertThat(failureOf(call)).hasMessageContaining("bytes=65537 messageBytesMax=65536");
        assertFailed(call, TransportException.Kind.REFUSED);
        assertThat(caller.call(server, Method.FORWARD, new byte[64 * KIB], LONG).get())
                .hasSize(64 * KIB);
    }

    @Test
    void aReplyOverTheLimitFailsThatCallOnly() throws Exception {
        open(server, GrpcMembers.options().messageBytesMax(64 * KIB))
                .listen((method, request) ->
                        CompletableFuture.completedFuture(method == Method.FORWARD ? new byte[64 * KIB + 1] : request));
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options());
        CompletableFuture<byte[]> call = caller.call(server, Method.FORWARD, bytes("x"), LONG);
        assertThat(failureOf(call)).hasMessageContaining("bytes=65537 messageBytesMax=65536");
        assertFailed(call, TransportException.Kind.FAILED);
        assertThat(get(caller.call(server, Method.DESCRIBE, bytes("x"), LONG))).isEqualTo("x");
    }

    @Test
    void aRequestThatOnlyTheReceiverFindsTooLargeFailsAndTheNextOneWorks() throws Exception {
        open(server, GrpcMembers.options().messageBytesMax(64 * KIB)).listen(Calls::echo);
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options());
        assertFailed(caller.call(server, Method.FORWARD, new byte[128 * KIB], LONG), TransportException.Kind.FAILED);
        await().until(() -> caller.call(server, Method.FORWARD, bytes("x"), LONG)
                .handle((reply, failure) -> failure == null)
                .join());
    }

    @Test
    void noMoreRequestsAreTakenThanMayBeHandledAtOnce() throws Exception {
        Queue<CompletableFuture<byte[]>> handling = new ConcurrentLinkedQueue<>();
        AtomicInteger handled = new AtomicInteger();
        open(server, GrpcMembers.options().handlingMax(4)).listen((method, request) -> {
            if (method == Method.HELLO) {
                return Calls.echo(method, request);
            }
            CompletableFuture<byte[]> reply = new CompletableFuture<>();
            handling.add(reply);
            handled.incrementAndGet();
            return reply;
        });
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options());
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(caller.call(server, Method.FORWARD, bytes("x"), LONG));
        }
        for (int answered = 0; answered < 20; answered++) {
            int expected = Math.min(20, answered + 4);
            await().until(() -> handled.get() == expected);
            CompletableFuture<byte[]> oldest = handling.remove();
            oldest.complete(bytes("done"));
        }
        for (CompletableFuture<byte[]> call : calls) {
            assertThat(get(call)).isEqualTo("done");
        }
    }

    @Test
    void callsFailAtOnceWhenTooMuchWaitsForAPeerAndWorkAgainLater() throws Exception {
        CompletableFuture<byte[]> gate = new CompletableFuture<>();
        open(server, GrpcMembers.options().handlingMax(1)).listen((method, request) -> gate);
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options().queuedBytesMax(4L << 20));
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        byte[] request = new byte[1 << 20];
        await().until(() -> {
            calls.add(caller.call(server, Method.FORWARD, request, LONG));
            return calls.stream().anyMatch(CompletableFuture::isCompletedExceptionally);
        });
        CompletableFuture<byte[]> refused = calls.get(calls.size() - 1);
        assertThat(failureOf(refused)).hasMessageContaining("queuedBytesMax=4194304");
        assertFailed(refused, TransportException.Kind.UNREACHABLE);
        gate.complete(bytes("x"));
        for (CompletableFuture<byte[]> call : calls.subList(0, calls.size() - 1)) {
            assertThat(get(call)).isEqualTo("x");
        }
        assertThat(get(caller.call(server, Method.FORWARD, request, LONG))).isEqualTo("x");
    }

    @Test
    void raftIsNotQueuedBehindForwards() throws Exception {
        CompletableFuture<byte[]> gate = new CompletableFuture<>();
        open(server, GrpcMembers.options().handlingMax(1))
                .listen((method, request) ->
                        method == Method.FORWARD ? gate : CompletableFuture.completedFuture(request));
        // Twice what is offered: how much of it the network takes at once is not this test's business.
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options().queuedBytesMax(128L << 20));
        List<CompletableFuture<byte[]>> forwards = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            forwards.add(caller.call(server, Method.FORWARD, new byte[8 << 20], LONG));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(get(caller.call(server, Method.RAFT_APPEND, bytes("beat"), Duration.ofSeconds(10))))
                    .isEqualTo("beat");
        }
        assertThat(forwards).noneMatch(CompletableFuture::isDone);
        gate.complete(new byte[0]);
    }

    @Test
    void appendsArriveInTheOrderTheyWereSent() throws Exception {
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        open(server, GrpcMembers.options()).listen((method, request) -> {
            arrived.add(Calls.text(request));
            return Calls.echo(method, request);
        });
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options());
        List<String> sent = new ArrayList<>();
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            sent.add("append " + i);
            calls.add(caller.call(server, Method.RAFT_APPEND, bytes("append " + i), LONG));
        }
        for (CompletableFuture<byte[]> call : calls) {
            assertThat(get(call)).startsWith("append");
        }
        assertThat(arrived).containsExactlyElementsOf(sent);
    }

    @Test
    void handlersThatBlockDoNotHoldUpRaft() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        open(server, GrpcMembers.options()).listen((method, request) -> {
            if (method == Method.RAFT_VOTE) {
                gate.join();
            }
            return Calls.echo(method, request);
        });
        GrpcTransport caller = open(members.newAddress(), GrpcMembers.options());
        CompletableFuture<byte[]> vote = caller.call(server, Method.RAFT_VOTE, bytes("vote"), LONG);
        assertThat(get(caller.call(server, Method.RAFT_APPEND, bytes("beat"), LONG)))
                .isEqualTo("beat");
        assertThat(vote).isNotDone();
        gate.complete(null);
        assertThat(get(vote)).isEqualTo("vote");
    }

    private GrpcTransport open(String address, GrpcOptions.Builder options) throws IOException {
        return members.open(address, GrpcMembers.CREDENTIALS, options);
    }
}
