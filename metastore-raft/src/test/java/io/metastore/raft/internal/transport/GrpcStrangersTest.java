package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that no member sends: nothing of them is handled, and the members go on talking. */
@Timeout(90)
class GrpcStrangersTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final GrpcMembers members = new GrpcMembers();
    private final AtomicInteger handled = new AtomicInteger();
    private final List<Socket> sockets = new ArrayList<>();
    private int port;
    private String server;
    private Transport caller;

    @BeforeEach
    void open() throws Exception {
        server = members.newAddress();
        port = HostPort.parse(server).port();
        members.open(server).listen((method, request) -> {
            handled.incrementAndGet();
            return Calls.echo(method, request);
        });
        caller = members.open(members.newAddress());
        assertMembersTalk();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        members.close();
    }

    @Test
    void randomBytesAreDropped() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 100; i++) {
            byte[] junk = new byte[1 + random.nextInt(20_000)];
            random.nextBytes(junk);
            send(junk);
        }
        assertMembersTalk();
    }

    @Test
    void otherProtocolsAreDropped() throws Exception {
        send(bytes("GET / HTTP/1.1\r\nHost: metastore\r\n\r\n"));
        send(bytes("POST /metastore.Member/RAFT HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"));
        send(bytes("SSH-2.0-OpenSSH_9.2\r\n"));
        byte[] tlsHello = new byte[517];
        new Random(8).nextBytes(tlsHello);
        System.arraycopy(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, 0, tlsHello, 0, 11);
        send(tlsHello);
        assertMembersTalk();
    }

    @Test
    void brokenHttp2IsDropped() throws Exception {
        Random random = new Random(9);
        for (int i = 0; i < 100; i++) {
            byte[] junk = new byte[9 + random.nextInt(2_000)];
            random.nextBytes(junk);
            if (i % 2 == 0) { // A believable frame header: length, type, flags, stream.
                junk[0] = 0;
                junk[3] = (byte) random.nextInt(10);
                junk[5] = 0;
            }
            send(concat(PREFACE.getBytes(StandardCharsets.US_ASCII), junk));
        }
        byte[] hugeFrame = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0, 0, 1};
        send(concat(PREFACE.getBytes(StandardCharsets.US_ASCII), hugeFrame));
        assertMembersTalk();
    }

    @Test
    void manySilentConnectionsCostNoThreadsAndAreClosed() throws Exception {
        long threadsBefore = ownThreads();
        for (int i = 0; i < 300; i++) {
            connect();
        }
        assertMembersTalk();
        assertThat(ownThreads()).isLessThanOrEqualTo(threadsBefore + 2); // A handler and a connector may have started.
        for (Socket socket : List.of(sockets.get(0), sockets.get(299))) {
            socket.setSoTimeout(20_000);
            while (socket.getInputStream().read() >= 0) {
                // The server's settings frame; then it gives up waiting for ours.
            }
        }
        assertMembersTalk();
    }

    @Test
    void frameOfUnknownKindEndsTheStreamOfItsSender() throws Exception {
        assertThat(sendRaw(new StreamFrame((byte) 99, 0, 1, StreamFrame.Payload.EMPTY))
                        .statusAfterEnd()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(sendRaw(StreamFrame.reply(5, bytes("nobody asked")))
                        .statusAfterEnd()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(handled).hasValue(1); // Of the members' own call.
        assertMembersTalk();
    }

    @Test
    void unknownMethodIsRefusedByNumber() throws Exception {
        RawStream stream = sendRaw(new StreamFrame(StreamFrame.REQUEST, 200, 17, new StreamFrame.Payload(bytes("x"))));
        await().until(() -> !stream.received.isEmpty());
        StreamFrame answer = stream.received.remove();
        assertThat(answer.kind()).isEqualTo(StreamFrame.REFUSED);
        assertThat(answer.callId()).isEqualTo(17);
        assertThat(answer.text()).contains("number=200");
        stream.channel.shutdownNow();
        assertMembersTalk();
    }

    private RawStream sendRaw(StreamFrame frame) {
        return new RawStream(port, GrpcMembers.CREDENTIALS.headers("127.0.0.1:1"), frame);
    }

    private void assertMembersTalk() throws Exception {
        int before = handled.get();
        for (Method method : new Method[] {Method.RAFT_APPEND, Method.RAFT_VOTE, Method.FORWARD}) {
            assertThat(get(caller.call(server, method, bytes("x"), LONG))).isEqualTo("x");
        }
        assertThat(handled).hasValue(before + 3);
        handled.set(1);
    }

    private void send(byte[] junk) throws IOException {
        Socket socket = connect();
        try {
            OutputStream out = socket.getOutputStream();
            out.write(junk);
            out.flush();
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|pipe|closed|abort).*"); // It did not want to hear more.
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        return socket;
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("member-"))
                .count();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** A stream of someone who has the token but not our manners. */
    private static final class RawStream extends ClientCall.Listener<StreamFrame> {
        private final ManagedChannel channel;
        private final ClientCall<StreamFrame, StreamFrame> call;
        private final ConcurrentLinkedQueue<StreamFrame> received = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Status> ended = new CompletableFuture<>();

        RawStream(int port, Metadata headers, StreamFrame frame) {
            channel = NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .usePlaintext()
                    .build();
            call = channel.newCall(TrafficClass.SERVICE.stream(), CallOptions.DEFAULT);
            call.start(this, headers);
            call.request(10);
            call.sendMessage(frame);
        }

        Status statusAfterEnd() throws Exception {
            Status status = ended.get(20, TimeUnit.SECONDS);
            channel.shutdownNow();
            await().atMost(Duration.ofSeconds(10)).until(channel::isTerminated);
            return status;
        }

        @Override
        public void onMessage(StreamFrame frame) {
            received.add(frame);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
        }
    }
}
