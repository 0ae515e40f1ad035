package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Every member closed and opened again, one after the other, as when a new build is rolled out, while others write. */
class RollingRestartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WRITES_BETWEEN = 100;

    /** More than a member may be behind and still be counted on: few entries, and long ones. */
    private static final int ENTRIES_BEHIND = 40;

    private static final String LONG = "v".repeat(900 << 10);

    @Test
    void noWriteFailsWhileEveryMemberIsClosedAndOpenedAgain() {
        try (TestCluster cluster = TestCluster.builder()
                        .voters(3)
                        .observers(1)
                        .patience(PATIENCE)
                        .start();
                // The callers of the observer stay while all voters go; the others go on at a member that is up.
                WriteLoad atObserver = WriteLoad.start("observer", () -> cluster.observers());
                WriteLoad atVoters = WriteLoad.start("voters", () -> cluster.running().stream()
                        .filter(member -> !member.isObserver())
                        .toList())) {
            int handedOver = 0;
            for (int round = 0; round < 2; round++) {
                for (TestMember member : cluster.members()) {
                    if (!member.isObserver()) {
                        awaitMore(atObserver, atVoters);
                        handedOver += member == cluster.leader() ? 1 : 0;
                        member.stop().restart();
                        cluster.leader();
                    }
                }
            }
            // then once more with the leader each time, which hands over first
            for (int i = 0; i < 2; i++) {
                awaitMore(atObserver, atVoters);
                handedOver++;
                cluster.leader().stop().restart();
            }
            awaitMore(atObserver, atVoters);
            assertThat(atObserver.stop()).isEmpty();
            cluster.observers().get(0).stop().restart(); // With its caller.
            awaitMore(atVoters);
            assertThat(atVoters.stop()).isEmpty();
            System.out.println("rolling restart: leaders closed=" + handedOver + " written="
                    + (atObserver.written() + atVoters.written()) + " failed=0 worst gap ms: at the observer="
                    + atObserver.worstGap().toMillis() + " at voters="
                    + atVoters.worstGap().toMillis());
            cluster.assertConverged();
            for (TestMember member : cluster.members()) {
                atObserver.assertKept(member);
                atVoters.assertKept(member);
            }
        }
    }

    /** Who is rolled out next asks before: a member that is up again and far behind does not count yet. */
    @Test
    void nextMemberIsNotToBeStoppedBeforeTheLastOneHasCaughtUp() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember leader = cluster.leader();
            TestMember behind = cluster.followers().get(0);
            TestMember next = cluster.followers().get(1);
            cluster.awaitApplied(leader.table(NOTES).put("before", "1"));
            assertThat(next.store().cluster().failureTolerance()).isEqualTo(1);
            behind.stop();
            for (int i = 0; i < ENTRIES_BEHIND; i++) {
                leader.table(NOTES).put("k" + i % 10, i + LONG);
            }
            // It is up and answers, and gets nothing of what it lacks.
            cluster.network().cutOneWay(leader.address(), behind.address());
            behind.restart();
            Awaitility.await().atMost(PATIENCE).until(() -> next.store().cluster().members().stream()
                    .anyMatch(member -> member.name().equals(behind.name()) && member.alive()));

            assertThat(next.store().cluster().failureTolerance()).isZero();
            assertThat(cluster.network().fired()).isPositive();

            cluster.heal();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> next.store().cluster().failureTolerance() == 1);
            next.stop();
            leader.store().withTimeout(Duration.ofSeconds(5)).table(NOTES).put("goes", "on");
            next.restart();
            cluster.assertConverged();
        }
    }

    private static void awaitMore(WriteLoad... loads) {
        for (WriteLoad load : List.of(loads)) {
            long before = load.written();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> load.written() - before >= WRITES_BETWEEN);
        }
    }
}
