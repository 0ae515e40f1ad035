package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineStatus.Role;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElectionPauseTest {

    /** Else a timeout that is over in between leaves a candidate without an election for good; two voters, both such, never elect anybody. */
    @Test
    void whoLooksForACandidateWithoutAnElectionLooksAfterRatisWasTold() {
        List<String> done = new ArrayList<>();
        Deque<Runnable> tasks = new ArrayDeque<>();
        ElectionPause pause = new ElectionPause(tasks::push); // The last comes first, as it may with many threads.
        pause.attach(division(done));
        for (boolean paused : new boolean[] {true, false}) {
            pause.request(paused, () -> done.add("looked"));
            while (!tasks.isEmpty()) {
                tasks.pop().run();
            }
        }
        assertThat(done).containsExactly("pause", "looked", "resume", "looked");
    }

    /** One that is the only voter, and notes what its server is told. */
    private static RaftServer.Division division(List<String> told) {
        RaftGroupMemberId self = RaftGroupMemberId.valueOf(RaftPeerId.valueOf("a"), RaftGroupId.randomId());
        RaftPeer peer = RaftPeer.newBuilder().setId(self.getPeerId()).build();
        RaftConfiguration only =
                proxy(RaftConfiguration.class, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getCurrentPeers" -> List.of(peer);
                    case "getPreviousPeers" -> List.of();
                    default -> throw new AssertionError(method);
                });
        RaftServer server = proxy(RaftServer.class, (proxy, method, arguments) -> {
            LeaderElectionManagementRequest request = (LeaderElectionManagementRequest) arguments[0];
            told.add(request.getPause() != null ? "pause" : "resume");
            return CompletableFuture.completedFuture(null);
        });
        return proxy(RaftServer.Division.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getRaftConf" -> only;
            case "getRaftServer" -> server;
            case "getMemberId" -> self;
            case "getId" -> self.getPeerId();
            default -> throw new AssertionError(method);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(ElectionPauseTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Test
    void nobodyStandsWhileAllArePausedAndSomebodyDoesThen(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c")) {
            // given
            for (String name : new String[] {"a", "b", "c"}) {
                TestMember member = group.create(name, new RecordingConsumer());
                member.engine.electionsPaused(true);
                member.start();
            }
            // when: a lone voter's first timeout would be over after 200 ms, and every later one after 600
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).until(() -> group.members().stream()
                    .allMatch(member -> member.engine.currentTerm() == 0
                            && member.engine.status().role() == Role.FOLLOWER));
            assertThat(group.links.voteRequests("a", "b")).isZero();
            group.member("b").engine.electionsPaused(false);
            // then
            assertThat(group.awaitLeader().name).isEqualTo("b");
            assertThat(group.member("b").put("x")).isEqualTo("applied x");
        }
    }

    @Test
    void aPausedMemberVotesFollowsAndTakesLeadershipThatIsGiven(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember old = group.awaitLeader();
            old.put("1");
            TestMember paused = group.follower();
            paused.engine.electionsPaused(true);
            await().until(() -> paused.consumer.applied().contains("1"));
            long term = paused.engine.currentTerm();
            assertThat(paused.engine.standForElection(old.name, term).get(20, TimeUnit.SECONDS))
                    .isFalse();
            // when
            old.abandon();
            TestMember next = group.awaitLeader(old.name);
            // then
            assertThat(next).isNotSameAs(paused);
            assertThat(next.put("2")).isEqualTo("applied 2");
            await().untilAsserted(() -> assertThat(paused.consumer.applied()).containsExactly("1", "2"));
            // when
            next.engine.transferLeadership(paused.name, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            // then
            await().until(paused.engine::leaderReady);
            assertThat(paused.put("3")).isEqualTo("applied 3");
            // when
            paused.engine.transferLeadership(next.name, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            await().until(next.engine::leaderReady);
            next.abandon();
            // then: still paused
            long last = paused.engine.currentTerm();
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> paused.engine.status().role() == Role.FOLLOWER && paused.engine.currentTerm() == last);
        }
    }

    @Test
    void whoWasPausedThroughALossOfTheLeaderStandsWhenItIsResumed(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember old = group.awaitLeader();
            old.put("1");
            for (TestMember member : group.members()) {
                member.engine.electionsPaused(true);
            }
            // when
            old.abandon();
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).until(() -> group.members().stream()
                    .noneMatch(member -> member.engine.leaderReady()));
            TestMember resumed = group.members().stream()
                    .filter(member -> member != old)
                    .max(Comparator.comparing(member -> member.engine.lastEntry())) // The other may lack the entry.
                    .orElseThrow();
            resumed.engine.electionsPaused(false);
            // then
            await().until(resumed.engine::leaderReady);
            assertThat(resumed.put("2")).isEqualTo("applied 2");
        }
    }

    @Test
    void aLoneVoterThatIsPausedBeforeItStartsDoesNotLead(@TempDir Path root) throws Exception {
        for (int round = 0; round < 10; round++) {
            try (TestGroup group = new TestGroup(root.resolve("r" + round), "a")
                    .adjusted(settings -> settings.withTimeouts(new RatisSettings.Timeouts(
                            Duration.ofMillis(60),
                            Duration.ofMillis(120),
                            Duration.ofMillis(1),
                            Duration.ofMillis(2),
                            Duration.ofSeconds(2))))) {
                TestMember a = group.create("a", new RecordingConsumer());
                a.engine.electionsPaused(true);
                a.start();
                await().during(Duration.ofMillis(200)).until(() -> a.engine.currentTerm() == 0);
                a.engine.electionsPaused(false);
                await().until(a.engine::leaderReady);
            }
        }
    }
}
