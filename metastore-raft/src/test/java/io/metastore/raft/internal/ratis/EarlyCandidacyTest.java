package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.Following;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyCandidacyTest {
    /** So long that no election in these tests is due to them. */
    private static final RatisSettings.Timeouts PATIENT = new RatisSettings.Timeouts(
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMillis(60),
            Duration.ofMillis(200),
            Duration.ofMinutes(1));

    private static TestGroup patientGroup(Path root) {
        return new TestGroup(root, "a", "b", "c")
                .withObserver("o")
                .adjusted(settings -> settings.withTimeouts(PATIENT))
                .startAll();
    }

    @Test
    void aFollowerThatIsToldToStandsAtOnceAndLeads(@TempDir Path root) throws Exception {
        try (TestGroup group = patientGroup(root)) {
            // given
            TestMember old = group.awaitLeader();
            old.put("before");
            TestMember follower = follower(group, old);
            await().until(() -> follower.consumer.applied().contains("before"));
            Following following = Objects.requireNonNull(follower.engine.following());
            assertThat(following.leader()).isEqualTo(old.name);
            // when
            old.abandon();
            boolean stands = follower.engine
                    .standForElection(following.leader(), following.term())
                    .get(20, TimeUnit.SECONDS);
            // then
            assertThat(stands).isTrue();
            assertThat(group.awaitLeader(old.name)).isSameAs(follower);
            assertThat(follower.engine.leads(following.term() + 1)).isTrue();
            assertThat(follower.put("after")).isEqualTo("applied after");
        }
    }

    @Test
    void standsForNothingThatHasPassedAndNeverAsObserverOrLeader(@TempDir Path root) throws Exception {
        try (TestGroup group = patientGroup(root)) {
            TestMember leader = group.awaitLeader();
            leader.put("x");
            TestMember follower = follower(group, leader);
            TestMember observer = group.member("o");
            await().until(() -> follower.consumer.applied().contains("x")
                    && observer.consumer.applied().contains("x"));
            long term = leader.engine.currentTerm();
            assertThat(observer.engine.following().follows(leader.name, term))
                    .as("an observer follows, and does not stand")
                    .isTrue();
            assertThat(leader.engine.following()).isNull();
            assertThat(stands(observer, leader.name, term)).isFalse();
            assertThat(stands(leader, leader.name, term)).isFalse();
            assertThat(stands(follower, leader.name, term - 1)).isFalse();
            assertThat(stands(follower, leader.name, term + 1)).isFalse();
            assertThat(stands(follower, follower.name, term)).isFalse();
            assertThat(leader.engine.leads(term)).isTrue();
            assertThat(leader.put("y")).isEqualTo("applied y");
            assertThat(leader.engine.currentTerm()).isEqualTo(term);
        }
    }

    private static boolean stands(TestMember member, String leader, long term) throws Exception {
        return member.engine.standForElection(leader, term).get(20, TimeUnit.SECONDS);
    }

    private static TestMember follower(TestGroup group, TestMember leader) {
        return group.members().stream()
                .filter(member -> member != leader && !member.name.equals("o"))
                .findFirst()
                .orElseThrow();
    }
}
