package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.DiskFileLayer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Appends of others while an engine closes: Ratis logs an error with a stack trace for each that meets a closed journal. */
class ClosingAppendsTest {

    private static final RaftGroupMemberId SELF =
            RaftGroupMemberId.valueOf(RaftPeerId.valueOf("a"), RaftGroupId.randomId());

    private final AtomicInteger reachedRatis = new AtomicInteger();
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
                    reachedRatis.incrementAndGet();
                    yield written;
                }
                default -> unexpected(method);
            },
            RaftServerAsynchronousProtocol.class);

    private static <T> T proxy(Class<T> type, InvocationHandler handler, Class<?>... more) {
        Class<?>[] types = Stream.concat(Stream.of(type), Stream.of(more)).toArray(Class<?>[]::new);
        return type.cast(Proxy.newProxyInstance(ClosingAppendsTest.class.getClassLoader(), types, handler));
    }

    private static Object unexpected(java.lang.reflect.Method method) {
        throw new AssertionError(method);
    }

    private IncomingRaft incoming = incoming(Path.of(""));

    private IncomingRaft incoming(Path directory) {
        ElectionPause pause = new ElectionPause(Runnable::run);
        return new IncomingRaft(
                life,
                new DurableTerm(new DiskFileLayer(), directory),
                new LeaderWatch(new RecordingConsumer()),
                () -> false,
                pause,
                new ChangingVoter(pause),
                new ObserverTimer(new EngineThreads("test", SELF.getPeerId().toString(), life)),
                new OverwrittenEntries(new DiskFileLayer(), directory, OverwrittenEntries.BYTES_MAX),
                Runnable::run);
    }

    @BeforeEach
    void open(@TempDir Path directory) {
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
