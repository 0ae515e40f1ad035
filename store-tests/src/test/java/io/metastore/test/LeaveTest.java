package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.MemberStatus;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.PendingOperation;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who leaves in good order stays, with its vote, until the others can do without it. */
class LeaveTest {

    /** No image before the member is behind the others: it would be brought there at once, however slow its link. */
    private static final CheckpointPolicy NO_IMAGE =
            CheckpointPolicy.defaults().toBuilder().journalBytes(1L << 30).build();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A message holds four of them, so that many messages are on their way before it is anywhere near. */
    private static final int LONG_ENTRIES = 80;

    private static final String LONG = "v".repeat(900 << 10);

    /** Behind them more than a member may lack and still be counted on: it needs all that is long first. */
    private static final int SHORT_ENTRIES = 1_100;

    /** So slow that it answers and does not catch up. */
    private static final Duration MESSAGE = Duration.ofMillis(400);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waitsForWhoIsBehind(boolean leaderLeaves) {
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(builder -> builder.checkpoints(NO_IMAGE))
                .start()) {
            // given
            TestMember leader = cluster.leader();
            TestMember behind = cluster.followers().get(0);
            TestMember leaving = leaderLeaves ? leader : cluster.followers().get(1);
            TestMember staying = leaderLeaves ? cluster.followers().get(1) : leader;
            cluster.awaitApplied(leader.table(NOTES).put("before", "1"));
            behind.stop();
            for (int i = 0; i < LONG_ENTRIES + SHORT_ENTRIES; i++) {
                leader.table(NOTES).put("k" + i % 10, i + (i < LONG_ENTRIES ? LONG : ""));
            }
            for (TestMember ahead :
                    List.of(leaving, staying)) { // Whoever leads: slow messages may lead to an election.
                cluster.network().delay(ahead.address(), behind.address(), MESSAGE, MESSAGE);
            }
            behind.restart();
            Awaitility.await("the member that is behind to answer")
                    .atMost(PATIENCE)
                    .until(() -> leader.store().cluster().members().stream()
                            .anyMatch(member -> member.name().equals(behind.name()) && member.alive()));

            // when
            PendingOperation left = leaving.store().cluster().leave();

            // then
            Operation waiting = Awaitility.await("leave() to wait")
                    .atMost(PATIENCE)
                    .until(left::now, now -> now.isOver() || now.step().startsWith("waiting for"));
            assertThat(waiting.step()).isEqualTo("waiting for " + behind.name() + " to catch up");
            assertThat(waiting.done()).isBetween(0L, waiting.total() - 1);
            assertThat(cluster.network().fired()).isPositive();
            Revision meanwhile = leaving.table(NOTES).put("meanwhile", "2");
            assertThat(votersAt(leaving)).as("nobody has gone yet").isEqualTo(3);

            cluster.heal();
            assertThat(left.await(PATIENCE).state()).isEqualTo(OperationState.DONE);
            assertThat(leaving.store().status().state()).isEqualTo(StoreState.REMOVED);
            leaving.stop();
            assertThat(staying.store().withTimeout(PATIENCE).table(NOTES).get("meanwhile"))
                    .contains("2");
            behind.store().awaitRevision(meanwhile, PATIENCE);
            assertThat(votersAt(staying)).isEqualTo(2);
        }
    }

    private static long votersAt(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(member -> member.role() != MemberStatus.Role.OBSERVER)
                .count();
    }
}
