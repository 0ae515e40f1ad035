package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When elections go on, whoever became a candidate meanwhile is looked for after Ratis was told, whichever of the engine's threads comes first: one that
 * becomes a candidate between a look and the telling has no election, and nobody would look again.
 */
class ElectionPauseOrderTest {
    private static final RaftGroupMemberId SELF =
            RaftGroupMemberId.valueOf(RaftPeerId.valueOf("a"), RaftGroupId.randomId());

    private final List<String> happened = new ArrayList<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private List<RaftPeer> voters = List.of(peer("a"), peer("b"));
    private final ElectionPause pause = new ElectionPause(waiting::addLast);

    private static RaftPeer peer(String id) {
        return RaftPeer.newBuilder().setId(id).build();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(ElectionPauseOrderTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private final RaftServer server = proxy(RaftServer.class, (proxy, method, arguments) -> {
        LeaderElectionManagementRequest request = (LeaderElectionManagementRequest) arguments[0];
        happened.add(request.getPause() != null ? "pause" : "resume");
        return CompletableFuture.completedFuture(null);
    });

    private final RaftConfiguration configuration =
            proxy(RaftConfiguration.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getCurrentPeers" -> voters;
                case "getPreviousPeers" -> {
                    assertThat(arguments).containsExactly(RaftPeerRole.LISTENER);
                    yield List.of();
                }
                default -> throw new AssertionError(method);
            });

    private final RaftServer.Division division =
            proxy(RaftServer.Division.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getRaftConf" -> configuration;
                case "getId" -> SELF.getPeerId();
                case "getMemberId" -> SELF;
                case "getRaftServer" -> server;
                default -> throw new AssertionError(method);
            });

    private ElectionPause attached() {
        pause.afterwards(() -> happened.add("look"));
        pause.attach(division);
        runLatestFirst();
        assertThat(happened).isEmpty();
        return pause;
    }

    private void runLatestFirst() {
        run(true);
    }

    private void run(boolean latestFirst) {
        while (!waiting.isEmpty()) {
            Runnable next = latestFirst ? waiting.removeLast() : waiting.removeFirst();
            next.run();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void looksAfterRatisWasTold(boolean latestFirst) {
        attached().request(true);
        run(latestFirst);
        assertThat(happened).containsExactly("pause");
        pause.request(false);
        run(latestFirst);
        assertThat(happened).containsExactly("pause", "resume", "look");
    }

    @Test
    void aVoteThatIsGivenBackIsTheSame() {
        attached();
        voters = List.of(peer("b"));
        pause.review();
        runLatestFirst();
        voters = List.of(peer("a"), peer("b"));
        pause.review();
        runLatestFirst();
        assertThat(happened).containsExactly("pause", "resume", "look");
    }

    /** Its candidate has an election, and is not to be made a follower. */
    @Test
    void aHandOverWhilePausedIsNotLookedAt() throws Exception {
        attached().request(true);
        runLatestFirst();
        happened.clear();
        assertThat(pause.handedOver(() -> happened.add("stands"))).isTrue();
        runLatestFirst();
        assertThat(happened).containsExactly("resume", "stands", "pause");
    }

    @Test
    void whatIsTakenBackAtOnceChangesNothing() throws Exception {
        attached().request(true);
        pause.request(false);
        runLatestFirst();
        assertThat(happened).isEmpty();
        pause.request(true);
        pause.handedOver(() -> happened.add("stands"));
        runLatestFirst();
        assertThat(happened).containsExactly("stands", "pause");
    }
}
