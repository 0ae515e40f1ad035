package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineStatus.Role;
import io.metastore.raft.internal.engine.GroupConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A voter that becomes an observer: Ratis leaves it a follower, which closes itself when it loses its leader. */
class DemotionTest {

    @Test
    void goesOnWithANewEngineUnderTheSameConsumer(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = leaderIsA(group);
            leader.put("x");
            TestMember b = group.member("b");
            leader.become("a", "b?", "c");
            await().untilAsserted(() -> assertThat(b.consumer.restartsNeeded).hasSize(1));
            leader.put("y");
            await().until(() -> b.consumer.applied().contains("y"));
            assertThat(b.consumer.durablePosition().index()).isEqualTo(-1);
            // when
            b.close();
            TestMember again = group.create("b", b.consumer.restarted()).start();
            // then
            await().until(() -> again.engine.status().role() == Role.OBSERVER);
            leader.put("z");
            await().untilAsserted(() -> assertThat(again.consumer.applied()).containsExactly("x", "y", "z"));
            // when
            TestMember next = lose(group, leader);
            // then
            assertThat(again.engine.status().role()).isEqualTo(Role.OBSERVER);
            assertThat(again.consumer.failures).isEmpty();
            assertThat(again.consumer.removals).isEmpty();
            assertThat(again.consumer.restartsNeeded).as("asked once").hasSize(1);
            assertThat(next.put("after")).isEqualTo("applied after");
            await().untilAsserted(() -> assertThat(again.consumer.applied()).containsExactly("x", "y", "z", "after"));
        }
    }

    @Test
    void isSafeWithoutARestartToo(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = leaderIsA(group);
            leader.put("x");
            TestMember b = group.member("b");
            leader.become("a", "b?", "c");
            await().untilAsserted(() -> assertThat(b.consumer.restartsNeeded).hasSize(1));
            assertThat(b.engine.status().role()).isEqualTo(Role.OBSERVER);
            assertThat(b.engine
                            .standForElection("a", leader.engine.currentTerm())
                            .get(20, TimeUnit.SECONDS))
                    .isFalse();
            // when
            TestMember next = lose(group, leader);
            // then
            assertThat(b.consumer.failures).isEmpty();
            assertThat(next.put("after")).isEqualTo("applied after");
            await().untilAsserted(() -> assertThat(b.consumer.applied()).containsExactly("x", "after"));
            // when
            next.become("a", "b", "c");
            // then
            await().until(() -> b.engine.status().role() == Role.FOLLOWER);
            next.engine.transferLeadership("b", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            await().until(b.engine::leaderReady);
            assertThat(b.put("led")).isEqualTo("applied led");
        }
    }

    @Test
    void isNotTakenForRemovedWhenItMissedIt(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = leaderIsA(group);
            leader.put("x");
            group.member("b").close();
            leader.become("a", "b?", "c");
            leader.put("y");
            // when: it hears nobody, but is heard
            group.links.deafen("b");
            TestMember again = group.start("b");
            group.links.awaitVoteRequests("b", "a", 3);
            // then
            assertThat(again.consumer.removals).isEmpty();
            group.links.heal();
            await().untilAsserted(() -> assertThat(again.consumer.applied()).containsExactly("x", "y"));
            await().until(() -> again.engine.status().role() == Role.OBSERVER);
            assertThat(again.consumer.failures).isEmpty();
        }
    }

    private static TestMember leaderIsA(TestGroup group) throws Exception {
        TestMember first = group.awaitLeader();
        if (!first.name.equals("a")) {
            first.engine.transferLeadership("a", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
        }
        TestMember a = group.member("a");
        await().until(a.engine::leaderReady);
        return a;
    }

    /** Cuts the leader off until long after every timeout, restarts it, and returns the next. */
    private static TestMember lose(TestGroup group, TestMember leader) throws Exception {
        TestMember b = group.member("b");
        GroupConfiguration before = b.engine.configuration();
        leader.abandon();
        TestMember c = group.member("c");
        // Of two votes one is left, so nobody leads: long enough for b's timeout to be over several times.
        group.links.awaitVoteRequests("c", "a", 4);
        assertThat(b.engine.configuration()).isEqualTo(before);
        assertThat(c.engine.leaderReady()).isFalse();
        group.start("a");
        return group.awaitLeader();
    }
}
