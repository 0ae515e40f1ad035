package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Appends of others at bad moments: while an engine closes, as Ratis logs an error with a stack trace for each that meets a closed journal; and while an election
 * has raised the term and not written it.
 */
class AppendMomentsTest {

    private static final RaftGroupMemberId SELF =
            RaftGroupMemberId.valueOf(RaftPeerId.valueOf("a"), RaftGroupId.randomId());

    private final AtomicInteger reachedRatis = new AtomicInteger();

    /** In memory. */
    private volatile long term;

    private volatile Runnable onReachingRatis = () -> {};
    private final CompletableFuture<AppendEntriesReplyProto> written = new CompletableFuture<>();
    private final EngineLife life = new EngineLife("a", new RecordingConsumer());
    private final RaftLog empty = proxy(RaftLog.class, (proxy, method, arguments) -> switch (method.getName()) {
        case "getTermIndex" -> null;
        default -> unexpected(method);
    });
    private final DivisionInfo follower =
            proxy(DivisionInfo.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getLifeCycleState" -> LifeCycle.State.RUNNING;
                case "getCurrentRole" -> RaftPeerRole.FOLLOWER;
                case "getCurrentTerm" -> term;
                default -> unexpected(method);
            });
    private final RaftServer.Division division = proxy(
            RaftServer.Division.class,
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getMemberId" -> SELF;
                case "getRaftLog" -> empty;
                case "getInfo" -> follower;
                case "getId" -> SELF.getPeerId();
                case "appendEntriesAsync" -> {
                    onReachingRatis.run();
                    reachedRatis.incrementAndGet();
                    yield written;
                }
                default -> unexpected(method);
            },
            RaftServerAsynchronousProtocol.class);

    private static <T> T proxy(Class<T> type, InvocationHandler handler, Class<?>... more) {
        Class<?>[] types = Stream.concat(Stream.of(type), Stream.of(more)).toArray(Class<?>[]::new);
        return type.cast(Proxy.newProxyInstance(AppendMomentsTest.class.getClassLoader(), types, handler));
    }

    private static Object unexpected(java.lang.reflect.Method method) {
        throw new AssertionError(method);
    }

    private IncomingRaft incoming = incoming(Path.of(""));

    private IncomingRaft incoming(Path directory) {
        ElectionPause pause = new ElectionPause(Runnable::run);
        return new IncomingRaft(
                life,
                new TermAndVote(new DiskFileLayer(), directory, life),
                new LeaderWatch(new RecordingConsumer()),
                () -> false,
                () -> false,
                pause,
                new ChangingVoter(pause),
                new ObserverTimer(new EngineThreads("test", SELF.getPeerId().toString(), life)),
                new OverwrittenEntries(new DiskFileLayer(), directory, OverwrittenEntries.BYTES_MAX),
                Runnable::run);
    }

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("raft-meta"), WrittenVote.nobody(0).bytes());
        incoming = incoming(directory);
    }

    @Test
    void whatComesAfterClosingHasBegunIsRefusedBeforeRatisSeesIt() {
        life.closing();
        for (boolean heartbeat : new boolean[] {false, true}) {
            assertThatThrownBy(() -> append(heartbeat).get())
                    .cause()
                    .isInstanceOfSatisfying(TransportException.class, e -> assertThat(e.kind())
                            .isEqualTo(TransportException.Kind.REFUSED));
        }
        assertThat(reachedRatis).hasValue(0);
        incoming.awaitQuiet(Duration.ofSeconds(60)); // Nothing is inside.
    }

    @Test
    void closingWaitsForWhatIsInsideAndNoLongerThanItMay() throws Exception {
        List<CompletableFuture<byte[]>> appends =
                List.of(append(false), append(false), append(true)); // The second waits for the first.
        assertThat(reachedRatis).as("the first and the heartbeat").hasValue(2);
        life.closing();
        incoming.awaitQuiet(Duration.ofMillis(1));
        AtomicBoolean answered = new AtomicBoolean();
        AtomicBoolean inTurn = new AtomicBoolean();
        Thread closing = new Thread(() -> {
            incoming.awaitQuiet(Duration.ofSeconds(60));
            inTurn.set(answered.get());
        });
        closing.start();
        answered.set(true);
        written.complete(AppendEntriesReplyProto.getDefaultInstance());
        closing.join(30_000);
        assertThat(closing.isAlive()).isFalse();
        assertThat(inTurn).isTrue();
        assertThat(reachedRatis).as("the one that waited").hasValue(3);
        assertThat(appends).allMatch(each -> each.isDone() && !each.isCompletedExceptionally());
    }

    /** Else the entries could be all that survives, of a term in which this member may then vote once more. */
    @Test
    void noEntryIsOnDiskBeforeItsTerm(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("raft-meta");
        Files.write(file, WrittenVote.nobody(0).bytes());
        incoming = incoming(directory);
        AtomicReference<WrittenVote> onDisk = new AtomicReference<>();
        onReachingRatis = () -> {
            try {
                onDisk.set(WrittenVote.parse(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        term = 7;
        CompletableFuture<byte[]> append = append(false);
        assertThat(onDisk).hasValue(WrittenVote.nobody(7));
        written.complete(AppendEntriesReplyProto.newBuilder().setTerm(7).build());
        append.get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<byte[]> append(boolean heartbeat) {
        AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(ByteString.copyFromUtf8("b"))
                        .setReplyId(SELF.getPeerId().toByteString())
                        .setRaftGroupId(org.apache.ratis.proto.RaftProtos.RaftGroupIdProto.newBuilder()
                                .setId(SELF.getGroupId().toByteString())));
        if (!heartbeat) {
            request.addEntries(LogEntryProto.newBuilder().setIndex(1));
        }
        return incoming.handle(division, Method.RAFT_APPEND, request.build().toByteArray());
    }
}
