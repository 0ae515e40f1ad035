package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static io.metastore.test.Verbs.awaitDone;
import static io.metastore.test.Verbs.awaitFinding;
import static io.metastore.test.Verbs.awaitReplace;
import static io.metastore.test.Verbs.awaitVoters;
import static io.metastore.test.Verbs.load;
import static io.metastore.test.Verbs.refused;
import static io.metastore.test.Verbs.row;
import static io.metastore.test.Verbs.voters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Cluster;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.PendingOperation;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Secret;
import io.metastore.api.StoreState;
import io.metastore.raft.SimulatedNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of {@link Cluster}, each from its beginning to its end, on members in one JVM. */
class MembershipTest {

    private static final Duration PATIENCE = Verbs.PATIENCE;

    @Test
    void oneGrowsToFiveAndShrinksBackUnderLoad() {
        try (TestCluster cluster = TestCluster.start(1)) {
            TestMember first = cluster.member("fe1");
            load(first, "a", 20);
            underLoad(cluster, "growing", () -> {
                for (int i = 2; i <= 5; i++) {
                    cluster.newMember("fe" + i).restart();
                    awaitDone(first, "fe" + i);
                    awaitFinding(first, "EVEN_VOTERS", i % 2 == 0);
                    load(cluster.member("fe" + i), "b" + i, 5);
                }
            });
            awaitVoters(first, "fe1", "fe2", "fe3", "fe4", "fe5");
            assertThat(first.store().cluster().failureTolerance()).isEqualTo(2);

            underLoad(cluster, "shrinking", () -> {
                for (int i = 5; i >= 2; i--) {
                    shrink(cluster, cluster.member("fe" + i));
                    load(first, "c" + i, 5);
                }
            });
            awaitVoters(first, "fe1");
        }
    }

    /** No write of a caller at fe1 fails meanwhile, and none is missing afterwards. */
    private static void underLoad(TestCluster cluster, String what, Runnable change) {
        try (WriteLoad load = WriteLoad.start(what, () -> List.of(cluster.member("fe1")))) {
            change.run();
            assertThat(load.written()).as(what).isPositive();
            assertThat(load.stop()).as(what).isEmpty();
            cluster.assertConverged();
            cluster.running().forEach(load::assertKept);
        }
    }

    private static void shrink(TestCluster cluster, TestMember leaving) {
        TestMember first = cluster.member("fe1");
        first.store()
                .cluster()
                .remove(leaving == cluster.leader() ? transferAway(cluster, leaving) : leaving.name())
                .await(PATIENCE);
        Awaitility.await().atMost(PATIENCE).until(() -> leaving.store().status().state() == StoreState.REMOVED);
        assertThat(leaving.table(NOTES).reading(ReadMode.local()).get("a0")).contains("value 0");
        leaving.stop();
    }

    private static String transferAway(TestCluster cluster, TestMember leader) {
        cluster.member("fe1").store().cluster().transferLeadership("fe1").await(PATIENCE);
        return leader.name();
    }

    @Test
    void addingMayComeBeforeStarting() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember added = cluster.newMember("fe4");
            Cluster asked = cluster.anyFollower().store().cluster();
            var adding = asked.addObserver("fe4", added.address());
            assertThat(adding.now().state()).isEqualTo(OperationState.PENDING);
            load(cluster.leader(), "a", 10);

            added.restart();

            assertThat(adding.await(PATIENCE).state()).isEqualTo(OperationState.DONE);
            cluster.assertConverged();
            // It tells its role itself, and hears last what it has become.
            Awaitility.await().atMost(PATIENCE).until(() -> row(added, "fe4").role() == MemberStatus.Role.OBSERVER);
            // then it stays one through a restart and can be given a vote
            added.kill().restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "b"));
            asked.promote("fe4").await(PATIENCE);
            awaitVoters(added, "fe1", "fe2", "fe3", "fe4");
            cluster.assertConverged();
        }
    }

    @Test
    void startingMayComeBeforeAdding() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember added = cluster.newMember("fe4").restart();
            Cluster asked = cluster.anyFollower().store().cluster();

            PendingOperation adding = asked.addVoter("fe4", added.address());

            assertThat(adding.await(PATIENCE).state()).isEqualTo(OperationState.DONE);
            cluster.assertConverged();
            awaitVoters(cluster.leader(), "fe1", "fe2", "fe3", "fe4");
            assertThat(asked.operations()).extracting(Operation::target).containsExactly("fe4");
            // then it is so, for whoever asks for just that
            assertThat(asked.addVoter("fe4", added.address()).id()).isEqualTo(adding.id());
            refused(Reason.DUPLICATE_NAME, () -> asked.addObserver("fe4", added.address()));
            refused(Reason.DUPLICATE_NAME, () -> asked.addVoter("fe4", "elsewhere:1"));
            // and not any more when it is gone
            added.kill();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> refused(Reason.DUPLICATE_NAME, () -> asked.addVoter("fe4", added.address())));
        }
    }

    @Test
    void wipedMemberComesBackAsAnotherIncarnation() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 20);
            TestMember wiped = cluster.anyFollower();
            String before = row(wiped, wiped.name()).incarnation();
            wiped.kill().wipe().joining(builder -> builder);

            refused(Reason.DUPLICATE_NAME, wiped::restart);
            var replacing = awaitReplace(cluster, wiped.name());
            wiped.restart();

            replacing.await(PATIENCE);
            cluster.assertConverged();
            awaitVoters(wiped, "fe1", "fe2", "fe3");
            assertThat(row(wiped, wiped.name()).incarnation()).isNotEmpty().isNotEqualTo(before);
        }
    }

    @Test
    void wipedMemberTakesItsOldPlaceByItselfWhenItMay() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 20);
            TestMember wiped = cluster.anyFollower();
            wiped.kill().wipe().joining(builder -> builder.autoReplace());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptionsMatching(e ->
                            e instanceof MembershipRefusedException refusal && refusal.reason() == Reason.MEMBER_ALIVE)
                    .until(() -> {
                        wiped.restart();
                        return true;
                    });
            awaitDone(cluster.leader(), wiped.name());
            cluster.assertConverged();
            awaitVoters(wiped, "fe1", "fe2", "fe3");
        }
    }

    @Test
    void demotedMemberGoesOnWithoutAVoteAndCanBePromotedAgain() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember demoted = cluster.anyFollower();
            load(demoted, "a", 20);
            Cluster asked = cluster.leader().store().cluster();

            asked.demote(demoted.name()).await(PATIENCE);

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> row(demoted, demoted.name()).role() == MemberStatus.Role.OBSERVER);
            load(demoted, "b", 20);
            cluster.assertConverged();
            refused(Reason.ALREADY_SO, () -> asked.demote(demoted.name()));
            // then it does not lead when the leader goes, and comes through that
            cluster.leader().kill().restart();
            load(demoted, "c", 5);
            cluster.leader().store().cluster().promote(demoted.name()).await(PATIENCE);
            cluster.assertConverged();
            awaitVoters(demoted, "fe1", "fe2", "fe3");
        }
    }

    @Test
    void leadershipIsHandedToWhoIsNamed() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember follower = cluster.anyFollower();
            follower.store().cluster().transferLeadership(follower.name()).await(PATIENCE);
            assertThat(cluster.leader()).isEqualTo(follower);

            cluster.anyFollower().store().cluster().stepDown().await(PATIENCE);
            assertThat(cluster.leader()).isNotEqualTo(follower);
        }
    }

    @Test
    void leaderLeavesInGoodOrder() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember leader = cluster.leader();
            Revision last = leader.table(NOTES).put("a", "b");

            PendingOperation leaving = leader.store().cluster().leave();
            Awaitility.await("to be told, by who asks and by who waits")
                    .atMost(PATIENCE)
                    .until(() -> leaving.now().isOver());
            Operation left = leaving.await(PATIENCE);

            assertThat(left.state()).isEqualTo(OperationState.DONE);
            assertThat(left.ended()).isNotNull();
            assertThat(leader.store().status().state()).isEqualTo(StoreState.REMOVED);
            assertThat(leader.store().revision()).isGreaterThanOrEqualTo(last);
            leader.stop();
            assertThat(cluster.leader().table(NOTES).get("a")).contains("b");
            assertThat(voters(cluster.leader())).hasSize(2).doesNotContain(leader.name());
        }
    }

    @Test
    void promotionOfAnObserverThatDoesNotAnswerWaitsForIt() {
        try (TestCluster cluster = TestCluster.builder().observers(1).start()) {
            TestMember observer = cluster.observers().get(0).kill();
            Cluster members = cluster.leader().store().withTimeout(PATIENCE).cluster();
            String waiting = "waiting for " + observer.name() + " to answer";

            PendingOperation given = members.promote(observer.name());
            Awaitility.await().atMost(PATIENCE).until(() -> given.now().step().equals(waiting));
            assertThat(given.now().state()).isEqualTo(OperationState.PENDING);
            refused(Reason.CHANGE_IN_PROGRESS, () -> members.remove(observer.name()));
            given.cancel();
            assertThat(given.now().state()).isEqualTo(OperationState.CANCELLED);

            PendingOperation again = members.promote(observer.name());
            Awaitility.await().atMost(PATIENCE).until(() -> again.now().step().equals(waiting));
            observer.restart();
            assertThat(again.await(PATIENCE).state()).isEqualTo(OperationState.DONE);
            Awaitility.await() // It tells its role itself, and hears last what it has become.
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(cluster.leader().store().cluster().members())
                                    .filteredOn(member -> member.name().equals(observer.name()))
                                    .allMatch(member -> member.role() != MemberStatus.Role.OBSERVER));
        }
    }

    @Test
    void portLessMemberBecomesOneOfACluster(@TempDir Path directory) {
        try (MetaStore single = MetaStore.open(directory.resolve("fe1"))) {
            single.table(NOTES).put("a", "before");
        }
        SimulatedNetwork network = new SimulatedNetwork(1);
        UnaryOperator<MetaStore.Builder> common =
                builder -> builder.clusterToken(Secret.of("a token of tests")).with(network);
        for (int i = 0; i < 2; i++) { // The second time it is one already.
            try (MetaStore first = common.apply(
                            MetaStore.builder(directory.resolve("fe1")).member("fe1", "fe1:1"))
                    .open()) {
                assertThat(first.withTimeout(PATIENCE).table(NOTES).get("a")).contains("before");
                first.table(NOTES).put("b" + i, "after");
            }
        }
        try (MetaStore first = common.apply(
                                MetaStore.builder(directory.resolve("fe1")).member("fe1", "fe1:1"))
                        .open();
                MetaStore second = common.apply(MetaStore.builder(directory.resolve("fe2"))
                                .member("fe2", "fe2:1")
                                .join("fe1:1"))
                        .open()) {
            MetaStore patient = second.withTimeout(PATIENCE);
            assertThat(patient.table(NOTES).get("a")).contains("before");
            assertThat(patient.table(NOTES).get("b1")).contains("after");
            Awaitility.await().atMost(PATIENCE).until(() -> first.cluster().operations().stream()
                    .allMatch(Operation::isOver));
            assertThat(first.cluster().failureTolerance()).isZero();
            assertThat(first.status().members()).hasSize(2).allMatch(MemberStatus::joined);
        }
        assertThatThrownBy(() -> MetaStore.open(directory.resolve("fe1")))
                .isInstanceOf(DirectoryMismatchException.class);
    }
}
