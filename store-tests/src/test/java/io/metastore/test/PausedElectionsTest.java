package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static io.metastore.test.Verbs.awaitFinding;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.StoreState;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Manual mode. */
class PausedElectionsTest {

    private static final Duration PATIENCE = Verbs.PATIENCE;

    @Test
    void nobodyIsElectedWhileElectionsArePaused() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember leader = cluster.leader();
            leader.store().cluster().elections().pause();
            cluster.awaitApplied(leader.table(NOTES).put("a", "b"));
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.running().stream()
                    .allMatch(member -> member.store().cluster().elections().isPaused()));
            TestMember next = cluster.anyFollower();
            next.store().cluster().transferLeadership(next.name()).await(PATIENCE);
            assertThat(cluster.leader()).isEqualTo(next);

            next.kill();
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.running().stream()
                    .allMatch(member -> member.store().status().state() == StoreState.NO_QUORUM));
            cluster.running()
                    .forEach(member -> assertThat(member.probe().leads()).isFalse());

            cluster.running()
                    .get(0)
                    .store()
                    .withTimeout(PATIENCE)
                    .cluster()
                    .elections()
                    .resume();
            cluster.leader().store().withTimeout(PATIENCE).table(NOTES).put("c", "c");
        }
    }

    @Test
    void aPauseHoldsThroughARestartOfAllUntilItIsEnded() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.leader().table(NOTES).put("a", "b");
            cluster.leader().store().cluster().elections().pause();
            cluster.running().forEach(member -> awaitFinding(member, "ELECTIONS_PAUSED", true));
            cluster.members().forEach(TestMember::kill);
            cluster.restart(cluster.members());
            for (TestMember member : cluster.members()) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> member.store().status().state() == StoreState.NO_QUORUM);
                assertThat(member.store().cluster().elections().isPaused()).isTrue();
                assertThat(member.probe().leads()).isFalse();
                awaitFinding(member, "ELECTIONS_PAUSED", true);
            }
            cluster.member("fe2")
                    .store()
                    .withTimeout(PATIENCE)
                    .cluster()
                    .elections()
                    .resume();
            cluster.running().forEach(member -> awaitFinding(member, "ELECTIONS_PAUSED", false));
            assertThat(cluster.leader().table(NOTES).get("a")).contains("b");
            cluster.leader().kill(); // Whoever that is, another takes over again.
            cluster.leader().store().withTimeout(PATIENCE).table(NOTES).put("c", "d");
        }
    }
}
