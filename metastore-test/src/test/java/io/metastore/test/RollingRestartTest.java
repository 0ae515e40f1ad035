package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Every member closed and opened again, one after the other, as when a new build is rolled out, while others write. */
class RollingRestartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WRITES_BETWEEN = 100;

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
