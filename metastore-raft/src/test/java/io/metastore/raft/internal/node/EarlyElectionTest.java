package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.Following;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Members a (the leader), b and c on one thread, look by look; no clock, no real engine. */
class EarlyElectionTest {
    private static final Duration LONG = Duration.ofSeconds(1);
    private static final int SILENT_LOOKS_MAX = 40;

    /** What becomes of messages in one direction. */
    private enum Link {
        WORKS,
        REFUSES,
        LOSES
    }

    private final Map<String, Link> links = new LinkedHashMap<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean leaderDead;

    EarlyElectionTest() {
        build();
    }

    private void build() {
        links.clear();
        members.clear();
        leaderDead = false;
        List.of("a", "b", "c").forEach(name -> members.put(name, new Member(name)));
        member("a").engine.leader = true;
    }

    private final class Member {
        final String name;
        final ScriptedEngine engine = new ScriptedEngine();
        final EarlyElection election;

        Member(String name) {
            this.name = name;
            List<Membership.Member> all = new ArrayList<>();
            for (String each : List.of("a", "b", "c")) {
                all.add(new Membership.Member(each, each, MemberRole.VOTER, Optional.empty()));
            }
            Members parts = new Members(new Peers(name, all), new ScriptedTransport(name));
            parts.engine(engine);
            election = new EarlyElection(parts, EarlyElection.INTERVAL.multipliedBy(SILENT_LOOKS_MAX), tasks::add);
        }

        /** Under load: what the leader sends arrives all the time, or not at all. */
        void follow() {
            boolean hears = !leaderDead && link("a", name) == Link.WORKS;
            engine.following = new Following("a", 1, hears ? Duration.ZERO : LONG);
        }
    }

    private final class ScriptedTransport implements Transport {
        private final String self;

        ScriptedTransport(String self) {
            this.self = self;
        }

        @Override
        public void listen(Handler handler) {}

        @Override
        public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
            assertThat(method).isEqualTo(Method.LEADER_OPINION);
            if (link(self, address) == Link.LOSES) {
                return CompletableFuture.failedFuture(new TimeoutException());
            } else if (link(self, address) == Link.REFUSES || (leaderDead && address.equals("a"))) {
                return failed(TransportException.Kind.UNREACHABLE);
            }
            CompletableFuture<byte[]> reply = member(address).election.answer(request);
            return switch (link(address, self)) {
                case WORKS -> reply;
                case REFUSES -> failed(TransportException.Kind.FAILED);
                case LOSES -> CompletableFuture.failedFuture(new TimeoutException());
            };
        }

        private CompletableFuture<byte[]> failed(TransportException.Kind kind) {
            return CompletableFuture.failedFuture(new TransportException(kind, "scripted"));
        }

        @Override
        public void close() {}
    }

    private Member member(String name) {
        Member member = members.get(name);
        assertThat(member).isNotNull();
        return member;
    }

    private Link link(String from, String to) {
        return links.getOrDefault(from + to, Link.WORKS);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            for (String follower : List.of("b", "c")) {
                member(follower).follow();
                member(follower).election.look();
                runTasks();
            }
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private List<String> stood() {
        return members.values().stream()
                .filter(member -> !member.engine.stoodFor.isEmpty())
                .map(member -> member.name)
                .toList();
    }

    @Test
    void oneStandsWithinFourLooksOfTheLeadersDeath() {
        look(10);
        leaderDead = true;
        look(2);
        assertThat(stood()).as("too early for proof").isEmpty();
        look(2);
        assertThat(stood()).containsExactly("b");
        assertThat(member("b").engine.stoodFor).containsExactly("a@1");
    }

    @Test
    void theLongerJournalGoesFirst() {
        member("c").engine.last = new LogPosition(1, 11);
        leaderDead = true;
        look(4);
        assertThat(stood()).containsExactly("c");
    }

    @Test
    void theSecondStandsWhenTheFirstAgreedAndThenDidNothing() {
        leaderDead = true;
        look(4);
        assertThat(stood()).containsExactly("b");
        look(4);
        assertThat(stood()).containsExactly("b", "c");
    }

    @Test
    void aLeaderThatSaysItLeadsNoLongerIsGone() {
        member("a").engine.leader = false;
        for (int i = 0; i < 4; i++) { // Its messages have stopped, it answers.
            for (String follower : List.of("b", "c")) {
                member(follower).engine.following = new Following("a", 1, LONG);
                member(follower).election.look();
                runTasks();
            }
        }
        assertThat(stood()).containsExactly("b");
    }

    @Test
    void anIdleLeaderThatAnswersIsAlive() {
        for (int i = 0; i < 3 * SILENT_LOOKS_MAX; i++) {
            for (String follower : List.of("b", "c")) {
                member(follower).engine.following = new Following("a", 1, LONG);
                member(follower).election.look();
                runTasks();
            }
        }
        assertThat(stood()).isEmpty();
    }

    @Test
    void silenceAloneIsEnoughAfterTheLongestElectionTimeoutOnly() {
        for (String follower : List.of("b", "c")) {
            links.put("a" + follower, Link.LOSES);
            links.put(follower + "a", Link.LOSES);
        }
        look(SILENT_LOOKS_MAX - 1);
        assertThat(stood()).isEmpty();
        look(2);
        assertThat(stood()).containsExactly("b");
    }

    @Test
    void aMemberThatFollowsNobodySuchAsAnObserverNeverStands() {
        leaderDead = true;
        for (int i = 0; i < 3 * SILENT_LOOKS_MAX; i++) {
            members.values().forEach(member -> member.election.look());
            runTasks();
        }
        assertThat(stood()).isEmpty();
    }

    /** All 729 states of the six directions, the leader alive and dead. */
    @Test
    void nobodyStandsWhileAVoterHearsTheLeaderAndNobodyWithoutAMajority() {
        int stoodInAll = 0;
        for (int state = 0; state < 2 * 729; state++) {
            build();
            leaderDead = state >= 729;
            int rest = state % 729;
            for (String direction : List.of("ab", "ac", "ba", "ca", "bc", "cb")) {
                links.put(direction, Link.values()[rest % 3]);
                rest /= 3;
            }
            look(SILENT_LOOKS_MAX / 2);
            boolean someoneHears = !leaderDead && (link("a", "b") == Link.WORKS || link("a", "c") == Link.WORKS);
            boolean followersTalk = link("b", "c") == Link.WORKS && link("c", "b") == Link.WORKS;
            if (someoneHears || !followersTalk) {
                assertThat(stood())
                        .as("leaderDead=%s links=%s", leaderDead, links)
                        .isEmpty();
            } else if (leaderDead && link("b", "a") != Link.LOSES && link("c", "a") != Link.LOSES) {
                assertThat(stood())
                        .as("leaderDead=%s links=%s", leaderDead, links)
                        .contains("b");
            }
            stoodInAll += stood().isEmpty() ? 0 : 1;
        }
        assertThat(stoodInAll).isPositive();
    }
}
