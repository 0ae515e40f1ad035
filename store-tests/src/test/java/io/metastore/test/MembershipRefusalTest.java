package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static io.metastore.test.Verbs.awaitDone;
import static io.metastore.test.Verbs.load;
import static io.metastore.test.Verbs.refused;
import static io.metastore.test.Verbs.row;
import static io.metastore.test.Verbs.voters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Cluster;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.OperationState;
import io.metastore.api.PendingOperation;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is refused before it begins, taken back while it may be, or forced. */
class MembershipRefusalTest {

    private static final Duration PATIENCE = Verbs.PATIENCE;

    @Test
    void whatWouldEndTheQuorumIsRefusedWithTheArithmetic() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember down = cluster.anyFollower().kill();
            TestMember left = cluster.anyFollower();
            Cluster asked = cluster.leader().store().cluster();
            Awaitility.await().atMost(PATIENCE).until(() -> asked.failureTolerance() == 0);

            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(() -> asked.remove(left.name()))
                    .isInstanceOf(MembershipRefusedException.class)
                    .hasMessageContaining("3 voters, 1 down (" + down.name() + "): removing " + left.name()
                            + " leaves 1 of 2 alive"));
            refused(Reason.TARGET_IS_LEADER, () -> asked.remove(cluster.leader().name()));
            refused(Reason.UNKNOWN_MEMBER, () -> asked.remove("nobody"));
            refused(Reason.DUPLICATE_NAME, () -> asked.addVoter(left.name(), "elsewhere:1"));
            refused(Reason.DUPLICATE_ADDRESS, () -> asked.addVoter("fe9", left.address()));
            refused(Reason.DUPLICATE_ADDRESS, cluster.newMember("fe9").at(down.address())::restart);
            assertThat(asked.operations()).isEmpty();
            // then the one that is down may go
            asked.remove(down.name()).await(PATIENCE);
            assertThat(voters(left)).hasSize(2);
        }
    }

    @Test
    void operationThatWaitsCanBeTakenBack() {
        try (TestCluster cluster = TestCluster.start(1)) {
            Cluster asked = cluster.leader().store().cluster();
            var adding = asked.addVoter("fe2", "nowhere:1");
            // then it keeps nobody from anything else
            cluster.newObserver("o1").restart();
            awaitDone(cluster.leader(), "o1");

            adding.cancel();

            assertThat(adding.now().state()).isEqualTo(OperationState.CANCELLED);
            refused(Reason.CANNOT_CANCEL, adding::cancel);
            assertThat(voters(cluster.leader())).containsExactly("fe1");
        }
    }

    /** The only way to take out a leader without asking it to hand over first, and a voter that the majority would rely on while another one is behind. */
    @Test
    void forceSkipsWhatProtectsAvailabilityAndNothingElse() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            TestMember leader = cluster.leader();
            Cluster asked = cluster.anyFollower().store().cluster();
            refused(Reason.TARGET_IS_LEADER, () -> asked.remove(leader.name()));
            asked.forceRemove(leader.name()).await(PATIENCE);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> leader.store().status().state() == StoreState.REMOVED);
            leader.stop();
            TestMember next = cluster.leader();
            TestMember down = cluster.anyFollower().kill();
            assertThat(row(next, down.name()).joined()).isTrue();
            assertThat(next.store().cluster().members()).hasSize(2);
            // then a quorum is needed to commit it, whoever says force
            refuses(next, down.name());
            assertThat(voters(next)).contains(next.name());
            down.restart();
            load(cluster.leader(), "b", 5);
            Cluster now = cluster.leader().store().cluster();
            now.forceRemove(cluster.anyFollower().name()).await(PATIENCE);
            refused(Reason.LAST_VOTER, () -> now.forceRemove(cluster.leader().name()));
            assertThat(cluster.leader().table(NOTES).get("a4")).contains("value 4");
        }
    }

    private static void refuses(TestMember asked, String name) {
        assertThatThrownBy(() -> asked.store()
                        .withTimeout(Duration.ofSeconds(5))
                        .cluster()
                        .forceRemove(name))
                .satisfiesAnyOf(
                        e -> assertThat(e)
                                .isInstanceOfSatisfying(
                                        MembershipRefusedException.class, refusal -> assertThat(refusal.reason())
                                                .isIn(Reason.QUORUM_WOULD_BE_LOST, Reason.NO_LEADER)),
                        e -> assertThat(e).isInstanceOf(UnavailableException.class));
    }

    /** From its last change on. */
    @Test
    void whatCannotBeUndoneAnyMoreIsNotTakenBack() {
        AtomicReference<Runnable> beforeTheChange = new AtomicReference<>(() -> {});
        ObservedOperations observed = new ObservedOperations((member, operation, moment) -> {
            if (moment == Moment.CHANGING) {
                beforeTheChange.getAndSet(() -> {}).run();
            }
        });
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(builder -> builder.with(observed))
                .start()) {
            TestMember leaving = cluster.anyFollower();
            Cluster asked = cluster.leader().store().cluster();
            AtomicReference<Throwable> refusal = new AtomicReference<>();
            beforeTheChange.set(() -> refusal.set(
                    catchThrowable(() -> asked.cancel(asked.operations().get(0).id()))));

            PendingOperation removing = asked.remove(leaving.name());

            assertThat(removing.await(PATIENCE).state()).isEqualTo(OperationState.DONE);
            assertThat(refusal.get())
                    .isInstanceOfSatisfying(MembershipRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.CANNOT_CANCEL))
                    .hasMessageContaining("type=REMOVE target=" + leaving.name());
            assertThat(voters(cluster.leader())).hasSize(2).doesNotContain(leaving.name());
        }
    }
}
