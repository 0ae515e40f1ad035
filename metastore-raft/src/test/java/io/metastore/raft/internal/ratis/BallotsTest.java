package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallotsTest {
    private final Ballots ballots = new Ballots();

    private static RaftPeerId id(String name) {
        return RaftPeerId.valueOf(name);
    }

    /** Of voters, by names. */
    private static RaftConfiguration configuration(String now, String before) {
        return (RaftConfiguration) Proxy.newProxyInstance(
                BallotsTest.class.getClassLoader(),
                new Class<?>[] {RaftConfiguration.class},
                (proxy, method, arguments) -> peers(method.getName().equals("getCurrentPeers") ? now : before));
    }

    private static List<RaftPeer> peers(String names) {
        return Stream.of(names.split("", -1))
                .filter(name -> !name.isEmpty())
                .map(name -> RaftPeer.newBuilder().setId(id(name)).build())
                .toList();
    }

    private boolean isWon(long term, String now, String before) {
        return ballots.isWon(term, id("a"), configuration(now, before));
    }

    @Test
    void aMajorityOfEachConfigurationWins() {
        assertThat(isWon(5, "a", "")).isTrue();
        assertThat(isWon(5, "ab", "")).isFalse();
        assertThat(isWon(5, "ab", "a"))
                .as("Ratis needs no vote of the second one")
                .isTrue();
        assertThat(isWon(5, "ab", "abc")).isFalse();
        ballots.granted(5, id("b"));
        ballots.granted(4, id("c"));
        assertThat(isWon(5, "ab", "")).isTrue();
        assertThat(isWon(5, "abc", "")).isTrue();
        assertThat(isWon(5, "abcd", "")).isFalse();
        assertThat(isWon(5, "abcd", "abc")).isFalse();
        assertThat(isWon(5, "abc", "abcd")).isFalse();
        assertThat(isWon(5, "bcd", "")).as("of a member without a vote").isFalse();
        ballots.granted(5, id("d"));
        assertThat(isWon(5, "abcd", "abc")).isTrue();
        assertThat(isWon(6, "abc", "")).as("of another term").isFalse();
        ballots.granted(6, id("c"));
        assertThat(isWon(5, "abc", "")).as("of a term that is over").isFalse();
        assertThat(isWon(6, "abc", "")).isTrue();
    }

    @Test
    void whoIsMadeALeaderWithoutHavingWonSendsNothingAndEnds(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given: a candidate that nobody has voted for
            TestMember leader = group.awaitLeader();
            leader.put("1");
            TestMember candidate = group.another(leader);
            await().until(() -> candidate.consumer.applied().contains("1"));
            long term = leader.engine.currentTerm();
            RaftServer.Division division = candidate.division();
            // when
            synchronized (division) { // Else its election would be under way, and might be won.
                call(division, "changeToCandidate", false);
                assertThatThrownBy(() -> call(division, "changeToLeader"))
                        .isInstanceOf(InvocationTargetException.class)
                        .cause()
                        .hasMessageContaining("would lead a term that it has not won");
            }
            // then
            assertThat(candidate.consumer.failures).singleElement().asString().contains("an election stood still");
            assertThat(candidate.engine.leaderReady()).isFalse();
            assertThat(leader.put("2")).isEqualTo("applied 2");
            assertThat(leader.engine.currentTerm()).as("nobody heard of it").isEqualTo(term);
        }
    }

    private static void call(RaftServer.Division division, String name, Object... arguments)
            throws ReflectiveOperationException {
        for (Method method : division.getClass().getDeclaredMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                method.setAccessible(true);
                method.invoke(division, arguments);
                return;
            }
        }
        throw new NoSuchMethodException(name);
    }
}
