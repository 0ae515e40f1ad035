package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reads on a leader that no longer is one, and the other read modes. */
class StaleReadTest {

    private static final Duration SHORT = Duration.ofMillis(30);

    /** Six rounds, as the engine's own option answered stale in six of six. */
    @Test
    void anIsolatedFormerLeaderNeverAnswersALinearizableReadWithAnOldValue() {
        int refused = 0;
        int believedItLed = 0;
        for (int round = 0; round < 6; round++) {
            // Long enough that the old leader goes on believing in itself while the others elect.
            Timeouts timeouts = Timeouts.defaults().withElection(Duration.ofMillis(500), Duration.ofMillis(1500));
            try (TestCluster cluster =
                    TestCluster.builder().voters(3).timeouts(timeouts).start()) {
                // given
                TestMember old = cluster.leader();
                old.table(NOTES).put("k", "one");
                MetaStore impatient = old.store().withTimeout(SHORT);
                Table<String, String> oldTable = impatient.table(NOTES); // Registered by now: nothing is written.
                assertThat(old.table(NOTES).get("k")).contains("one");
                // when
                old.isolate();
                TestMember fresh = newLeader(cluster, old);
                fresh.table(NOTES).put("k", "two");
                long acknowledged = System.nanoTime();
                // then
                while (System.nanoTime() - acknowledged < 1_500_000_000L) {
                    believedItLed += old.probe().leads() ? 1 : 0;
                    try {
                        assertThat(oldTable.get("k"))
                                .as("seed=%d", cluster.seed())
                                .contains("two");
                    } catch (UnavailableException e) {
                        refused++;
                    }
                }
                assertThat(old.table(NOTES).reading(ReadMode.local()).get("k")).contains("one");
            }
        }
        assertThat(refused).as("reads were really tried on the old leader").isPositive();
        assertThat(believedItLed)
                .as("reads were tried while the old leader still thought it led")
                .isPositive();
    }

    private static TestMember newLeader(TestCluster cluster, TestMember old) {
        List<TestMember> others =
                cluster.running().stream().filter(member -> member != old).toList();
        org.awaitility.Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> others.stream().anyMatch(member -> member.probe().leads()));
        return others.stream()
                .filter(member -> member.probe().leads())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFollowerAndAnObserverServeTheNewestAcknowledgedValueWithoutWaitingForAHeartbeat() {
        try (TestCluster cluster = TestCluster.builder().voters(3).observers(1).start()) {
            Table<String, String> writing = cluster.leader().table(NOTES);
            for (TestMember reader :
                    List.of(cluster.anyFollower(), cluster.observers().get(0))) {
                Table<String, String> reading = reader.table(NOTES);
                for (int i = 0; i < 200; i++) {
                    writing.put("k", "v" + i);
                    assertThat(reading.get("k")).contains("v" + i);
                }
            }
        }
    }

    @Test
    void atLeastWaitsForTheRevisionAndLocalDoesNot() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember follower = cluster.anyFollower();
            cluster.leader().table(NOTES).put("k", "one");
            Revision second = cluster.leader().table(NOTES).put("k", "two");
            assertThat(follower.table(NOTES).reading(ReadMode.atLeast(second)).get("k"))
                    .contains("two");
            Optional<String> local =
                    follower.table(NOTES).reading(ReadMode.local()).get("k");
            assertThat(local).contains("two");
        }
    }

    @Test
    void maxLagIsServedWithoutAskingWhileItsConfirmationIsYoungEnough() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            TestMember follower = cluster.anyFollower();
            cluster.leader().table(NOTES).put("k", "one");
            assertThat(follower.table(NOTES).get("k")).contains("one");
            // when
            follower.isolate();
            // then
            Table<String, String> table = follower.store().withTimeout(SHORT).table(NOTES);
            assertThat(table.reading(ReadMode.maxLag(Duration.ofMinutes(5))).get("k"))
                    .contains("one");
            assertThatUnavailable(
                    () -> table.reading(ReadMode.maxLag(Duration.ZERO)).get("k"));
        }
    }

    private static void assertThatUnavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        org.assertj.core.api.Assertions.assertThatThrownBy(call).isInstanceOf(UnavailableException.class);
    }
}
