package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Timeouts;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failover that does not wait for the election timeout, which is so long here that nothing else can be the reason. */
class LeaderDeathTest {

    private static final Duration ELECTION_MIN = Duration.ofSeconds(6);
    private static final Duration EARLY = Duration.ofSeconds(4);

    private static TestCluster patientCluster(MetaStoreTest.Links links) {
        return TestCluster.builder()
                .voters(3)
                .observers(1)
                .links(links)
                .timeouts(Timeouts.defaults()
                        .withCall(Duration.ofSeconds(30))
                        .withElection(ELECTION_MIN, ELECTION_MIN.multipliedBy(2)))
                .start();
    }

    @ParameterizedTest
    @EnumSource(MetaStoreTest.Links.class)
    void aKilledLeaderIsReplacedLongBeforeTheElectionTimeout(MetaStoreTest.Links links) {
        try (TestCluster cluster = patientCluster(links)) {
            // given
            TestMember leader = cluster.leader();
            leader.table(NOTES).put("before", "1");
            long term = leader.probe().term();
            TestMember survivor = cluster.followers().get(0);
            assertThat(survivor.table(NOTES).get("before")).contains("1");
            // when
            long killed = System.nanoTime();
            leader.kill();
            survivor.table(NOTES).put("after", "2");
            // then
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(EARLY);
            assertThat(cluster.leader().probe().term()).as("one election").isEqualTo(term + 1);
            leader.restart();
            cluster.assertConverged();
        }
    }

    @Test
    void aLeaderThatNoVoterReachesIsReplacedLongBeforeTheElectionTimeout() {
        try (TestCluster cluster = patientCluster(MetaStoreTest.Links.SIMULATED)) {
            // given
            TestMember old = cluster.leader();
            List<TestMember> followers = cluster.followers();
            old.table(NOTES).put("before", "1");
            cluster.awaitApplied(old.store().revision());
            // when
            long cut = System.nanoTime();
            for (TestMember follower : followers) {
                cluster.network().refuseOneWay(old.address(), follower.address());
                cluster.network().refuseOneWay(follower.address(), old.address());
            }
            Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(EARLY).until(() -> followers.stream()
                    .anyMatch(follower -> follower.probe().leads()));
            // then
            assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(EARLY);
            followers.get(0).table(NOTES).put("after", "2");
            cluster.heal();
            cluster.assertConverged();
        }
    }

    /** Each cut lasts for many more looks at the leader than are proof of its end. */
    @Test
    void aFollowerThatOnlyLostItsOwnLinkDoesNotUnseatTheLeader() {
        try (TestCluster cluster = patientCluster(MetaStoreTest.Links.SIMULATED)) {
            TestMember leader = cluster.leader();
            long term = leader.probe().term();
            TestMember follower = cluster.anyFollower();
            cutAndHeal(cluster, () -> {
                cluster.network().refuseOneWay(follower.address(), leader.address());
                cluster.network().refuseOneWay(leader.address(), follower.address());
            });
            cutAndHeal(cluster, () -> cluster.network().refuseOneWay(follower.address(), leader.address()));
            cutAndHeal(cluster, () -> cluster.network().refuseOneWay(leader.address(), follower.address()));
            assertThat(cluster.leader()).isSameAs(leader);
            assertThat(cluster.running())
                    .allSatisfy(member -> assertThat(member.probe().term()).isEqualTo(term));
        }
    }

    private static void cutAndHeal(TestCluster cluster, Runnable cut) {
        long before = cluster.network().fired();
        cut.run();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(20))
                .until(() -> cluster.network().fired() - before >= 20);
        cluster.leader().table(NOTES).put("k", "" + before);
        cluster.heal();
        cluster.assertConverged();
    }
}
