package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads on a leader that no longer is one, and the other read modes. */
class StaleReadTest {

    private static final Duration SHORT = Duration.ofMillis(30);

    /** How the old leader is cut off from both followers. */
    private enum Isolation {
        /** It believes in itself for a while: in six of six rounds the engine's own option answered stale. */
        BOTH_WAYS(3),
        /** It hears that there is another. */
        UNHEARD(1),
        /** Those who hear it do not elect another before it has given up. */
        DEAF(1);

        private final int rounds;

        Isolation(int rounds) {
            this.rounds = rounds;
        }

        void apply(TestCluster cluster, TestMember old) {
            for (TestMember other : cluster.members()) {
                if (other != old && this != DEAF) {
                    cluster.network().cutOneWay(old.address(), other.address());
                }
                if (other != old && this != UNHEARD) {
                    cluster.network().cutOneWay(other.address(), old.address());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIsolatedFormerLeaderNeverAnswersALinearizableReadWithAnOldValue(Isolation isolation) {
        int refused = 0;
        int believedItLed = 0;
        for (int round = 0; round < isolation.rounds; round++) {
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
                isolation.apply(cluster, old);
                TestMember fresh = newLeader(cluster, old);
                fresh.table(NOTES).put("k", "two");
                long acknowledged = System.nanoTime();
                // then
                while (System.nanoTime() - acknowledged < 1_200_000_000L) {
                    believedItLed += old.probe().leads() ? 1 : 0;
                    try {
                        assertThat(oldTable.get("k"))
                                .as("seed=%d", cluster.seed())
                                .contains("two");
                    } catch (UnavailableException | DeadlineExceededException e) {
                        refused++;
                    }
                }
                assertThat(cluster.network().fired()).isPositive();
                if (isolation != Isolation.UNHEARD) { // That one follows the new leader.
                    assertThat(old.table(NOTES).reading(ReadMode.local()).get("k"))
                            .contains("one");
                }
                cluster.heal();
                assertThat(old.table(NOTES).get("k")).contains("two");
            }
        }
        System.out.println("isolated leader: " + isolation + " refused=" + refused + " believedItLed=" + believedItLed);
        assertThat(refused).as("reads were really tried on the old leader").isPositive();
        if (isolation == Isolation.BOTH_WAYS) {
            assertThat(believedItLed)
                    .as("reads were tried while the old leader still thought it led")
                    .isPositive();
        }
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
    void anObserverServesEveryReadMode() {
        try (TestCluster cluster = TestCluster.builder().voters(3).observers(1).start()) {
            TestMember observer = cluster.observers().get(0);
            Table<String, String> writing = cluster.leader().table(NOTES);
            Table<String, String> reading = observer.table(NOTES);
            for (int i = 0; i < 50; i++) {
                Revision written = writing.put("k", "v" + i);
                ReadMode[] modes = {
                    ReadMode.atLeast(written), ReadMode.linearizable(), ReadMode.maxLag(Duration.ZERO), ReadMode.local()
                };
                int first = i % modes.length; // Local shows it once another one has waited for it.
                for (ReadMode mode : first == 3 ? modes : new ReadMode[] {modes[first], ReadMode.local()}) {
                    assertThat(reading.reading(mode).get("k"))
                            .as(mode.toString())
                            .contains("v" + i);
                }
            }
            observer.isolate();
            assertThat(reading.reading(ReadMode.maxLag(Duration.ofMinutes(5))).get("k"))
                    .contains("v49");
        }
    }

    @Test
    void atLeastWaitsForTheRevisionAndLocalDoesNot() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given: a follower that is behind and cannot catch up
            TestMember leader = cluster.leader();
            TestMember follower = cluster.anyFollower();
            Revision first = leader.table(NOTES).put("k", "one");
            follower.store().awaitRevision(first, Duration.ofSeconds(20));
            cluster.network().cutOneWay(leader.address(), follower.address());
            Revision second = leader.table(NOTES).put("k", "two");
            assertThat(follower.store().revision().number()).isEqualTo(first.number());
            // then
            Table<String, String> table = follower.store().withTimeout(SHORT).table(NOTES);
            assertThat(table.reading(ReadMode.local()).get("k")).contains("one");
            assertThat(table.reading(ReadMode.atLeast(first)).get("k")).contains("one");
            assertThatThrownBy(() -> table.reading(ReadMode.atLeast(second)).get("k"))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("applied=" + first);
            assertThat(cluster.network().fired()).isPositive();
            // and when a reader waits already
            CompletableFuture<Optional<String>> waiting = CompletableFuture.supplyAsync(() -> follower.store()
                    .withTimeout(Duration.ofSeconds(20))
                    .table(NOTES)
                    .reading(ReadMode.atLeast(second))
                    .get("k"));
            cluster.heal();
            // then
            assertThat(OneMember.result(waiting)).contains("two");
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
        assertThatThrownBy(call).isInstanceOf(UnavailableException.class);
    }
}
