package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;

/** Requests for a vote that come while another one is being answered, which may take as long as an election. */
class ChangingVoterTest {
    private static final RaftGroupMemberId SELF =
            RaftGroupMemberId.valueOf(RaftPeerId.valueOf("a"), RaftGroupId.randomId());
    private static final long PATIENCE_SECONDS = 20;

    private final List<String> voters = new ArrayList<>(List.of("b", "c"));
    private volatile RaftPeerRole role = RaftPeerRole.LISTENER;
    private final List<RaftPeerRole> roles = Collections.synchronizedList(new ArrayList<>());
    private final ElectionPause pause = new ElectionPause(Runnable::run);
    private final ChangingVoter voter = new ChangingVoter(pause);

    /** What Ratis' own class has besides. */
    private interface WithRole {
        @SuppressWarnings("unused") // By reflection.
        void setRole(RaftPeerRole newRole, Object reason);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler, Class<?>... more) {
        Class<?>[] types = Stream.concat(Stream.of(type), Stream.of(more)).toArray(Class<?>[]::new);
        return type.cast(Proxy.newProxyInstance(ChangingVoterTest.class.getClassLoader(), types, handler));
    }

    private final RaftServer server =
            proxy(RaftServer.class, (proxy, method, arguments) -> CompletableFuture.completedFuture(null));

    private final RaftConfiguration configuration =
            proxy(RaftConfiguration.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getCurrentPeers" ->
                    voters.stream()
                            .map(id -> RaftPeer.newBuilder().setId(id).build())
                            .toList();
                case "getPreviousPeers" -> List.of();
                default -> throw new AssertionError(method);
            });

    private final DivisionInfo info = proxy(DivisionInfo.class, (proxy, method, arguments) -> role);

    private final RaftServer.Division division = proxy(
            RaftServer.Division.class,
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getRaftConf" -> configuration;
                case "getId" -> SELF.getPeerId();
                case "getMemberId" -> SELF;
                case "getRaftServer" -> server;
                case "getInfo" -> info;
                case "setRole" -> {
                    role = (RaftPeerRole) arguments[0];
                    roles.add(role);
                    yield null;
                }
                default -> throw new AssertionError(method);
            },
            WithRole.class);

    /** One that is being answered until it may end; what Ratis takes the member for meanwhile, at the end. */
    private final class Request {
        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CompletableFuture<RaftPeerRole> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return voter.vote(division, () -> {
                    inside.countDown();
                    awaitOpened(mayEnd);
                    return role;
                });
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        });

        Request begun() {
            awaitOpened(inside);
            return this;
        }

        RaftPeerRole end() throws Exception {
            mayEnd.countDown();
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void awaitOpened(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aVoterAnswersTheNextCandidateWhileItIsNotDoneWithTheFirst() throws Exception {
        voters.add("a");
        role = RaftPeerRole.FOLLOWER;
        pause.attach(division);
        Request first = new Request().begun();
        Request second = new Request().begun();
        assertThat(second.end()).isEqualTo(RaftPeerRole.FOLLOWER);
        assertThat(first.end()).isEqualTo(RaftPeerRole.FOLLOWER);
        assertThat(roles).isEmpty();
    }

    @Test
    void anObserverVotesUntilTheLastIsAnsweredAndIsOneAgainThen() throws Exception {
        pause.attach(division);
        Request first = new Request().begun();
        Request second = new Request().begun();
        voter.review(division); // A configuration came.
        assertThat(first.end()).isEqualTo(RaftPeerRole.FOLLOWER);
        assertThat(second.end()).isEqualTo(RaftPeerRole.FOLLOWER);
        assertThat(roles).containsExactly(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER);
    }

    @Test
    void anObserverThatIsGivenAVoteMeanwhileKeepsIt() throws Exception {
        pause.attach(division);
        Request only = new Request().begun();
        voters.add("a");
        assertThat(only.end()).isEqualTo(RaftPeerRole.FOLLOWER);
        assertThat(roles).containsExactly(RaftPeerRole.FOLLOWER);
        voter.review(division);
        assertThat(roles).containsExactly(RaftPeerRole.FOLLOWER);
    }

    /** Ratis cannot be told before it takes part: it would stand for election as soon as it counts as a voter. */
    @Test
    void anObserverWhoseElectionsAreNotPausedDoesNotVote() throws Exception {
        assertThat(new Request().begun().end()).isEqualTo(RaftPeerRole.LISTENER);
        assertThat(roles).isEmpty();
    }
}
