package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static io.metastore.test.Verbs.awaitDone;
import static io.metastore.test.Verbs.load;
import static io.metastore.test.Verbs.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.AddressInUseException;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.PendingOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A move is an operation like any other to those who look, and needs nobody's consent. */
class AddressMoveTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static List<Operation> moves(TestMember asked) {
        return asked.store().cluster().operations().stream()
                .filter(operation -> operation.type() == OperationType.CHANGE_ADDRESS)
                .toList();
    }

    private static void awaitMoves(TestCluster cluster, int count) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.running())
                .allSatisfy(member -> assertThat(moves(member)).hasSize(count)));
    }

    private static void assertMove(Operation move, TestMember moved, OperationState state) {
        assertThat(move.target()).isEqualTo(moved.name());
        assertThat(move.requestedBy()).isEqualTo(moved.name());
        assertThat(move.state()).isEqualTo(state);
        assertThat(move.ended()).isNotNull().isAfterOrEqualTo(move.started());
    }

    @Test
    void openMemberMovesToAnotherAddress() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember moved = cluster.anyFollower();
            String next = cluster.newAddress(moved.name());

            moved.store().cluster().changeAddress(next);
            moved.at(next);

            Awaitility.await().atMost(PATIENCE).until(() -> cluster.running().stream()
                    .allMatch(member -> row(member, moved.name()).address().equals(next)
                            && row(member, moved.name()).alive()));
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            moved.kill().restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "b"));
            cluster.assertConverged();
        }
    }

    @Test
    void allMembersMoveAtOnce() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 20);
            List<TestMember> members = cluster.members();
            members.forEach(TestMember::stop);
            members.forEach(
                    member -> member.at(cluster.newAddress(member.name())).joining(builder -> builder));
            cluster.restart(members);

            load(cluster.leader(), "b", 5);
            cluster.assertConverged();
        }
    }

    @Test
    void everyMemberListsAMoveAlsoBesideAnotherOperation() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember moved = cluster.anyFollower();
            PendingOperation waiting = moved.store().cluster().addVoter("fe4", "nowhere:1");
            String next = cluster.newAddress(moved.name());

            PendingOperation move = moved.store().cluster().changeAddress(next);
            moved.at(next);

            assertThat(move.id()).isPositive();
            assertMove(move.now(), moved, OperationState.DONE);
            assertThat(row(moved, moved.name()).address())
                    .as("itself knows at once")
                    .isEqualTo(next);
            assertThat(move.now().step()).isEqualTo("listening at " + next);
            awaitMoves(cluster, 1);
            cluster.running()
                    .forEach(member -> assertThat(member.store().cluster().operation(move.id()))
                            .contains(move.now()));
            assertThat(waiting.now().isOver()).isFalse();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            cluster.assertConverged();
        }
    }

    @Test
    void theAddressThatWasLeftIsFreeAndTheNewOneIsTaken() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember moved = cluster.anyFollower();
            String left = moved.address();
            String next = cluster.newAddress(moved.name());
            moved.store().cluster().changeAddress(next);
            moved.at(next);
            for (TestMember asked : cluster.running()) {
                Awaitility.await().atMost(PATIENCE).until(() -> asked.store().cluster().members().stream()
                        .anyMatch(member -> member.address().equals(next)));
                assertThatThrownBy(() -> asked.store().cluster().addObserver("fe5", next))
                        .isInstanceOfSatisfying(MembershipRefusedException.class, e -> assertThat(e.reason())
                                .isEqualTo(Reason.DUPLICATE_ADDRESS));
                asked.store().cluster().addObserver("fe6", left).cancel();
            }
        }
    }

    @Test
    void everyMemberListsAMoveThatFailed() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember stays = cluster.anyFollower();
            String before = stays.address();
            String taken = cluster.leader().address();

            assertThatThrownBy(() -> stays.store().cluster().changeAddress(taken))
                    .isInstanceOf(AddressInUseException.class)
                    .hasMessageContaining("it goes on at " + before);

            awaitMoves(cluster, 1);
            Operation failed = moves(cluster.leader()).get(0);
            assertMove(failed, stays, OperationState.FAILED);
            assertThat(failed.error()).contains("cannot listen at the address").contains(taken);
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            cluster.assertConverged();
        }
    }

    @Test
    void movesWithoutAQuorumAreListedOnceThereIsOne() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember left = cluster.anyFollower();
            List<TestMember> others =
                    cluster.members().stream().filter(member -> member != left).toList();
            others.forEach(TestMember::kill);
            String next = cluster.newAddress(left.name());

            PendingOperation move = left.store().cluster().changeAddress(next);
            left.at(next);
            assertThat(move.id()).isNegative();
            assertMove(move.now(), left, OperationState.DONE);
            assertThat(moves(left)).isEmpty();

            cluster.restart(others);
            awaitMoves(cluster, 1);
            Operation recorded = moves(cluster.leader()).get(0);
            assertMove(recorded, left, OperationState.DONE);
            assertThat(recorded.step()).isEqualTo("listening at " + next);
            cluster.assertConverged();
        }
    }

    @Test
    void aMemberAloneMovesAndSoDoesOneThatStartsElsewhere() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).patience(PATIENCE).start()) {
            TestMember alone = cluster.leader();
            String next = cluster.newAddress(alone.name());
            PendingOperation move = alone.store().cluster().changeAddress(next);
            assertThat(move.id()).isPositive();
            assertThat(moves(alone)).containsExactly(move.now());
            // when it is there already nothing is recorded
            assertThat(alone.store().cluster().changeAddress(next).id()).isNegative();
            assertThat(moves(alone)).hasSize(1);
            // when it starts at a third one
            alone.stop().at(cluster.newAddress(alone.name())).restart();
            awaitMoves(cluster, 2);
            assertMove(moves(alone).get(0), alone, OperationState.DONE);
            assertThat(moves(alone).get(0).step()).isEqualTo("listening at " + alone.address());
        }
    }

    /** Nobody but itself knew it, so nothing but its journal tells where it was; killed before that is recorded it records it later. */
    @Test
    void aMemberAloneThatStartsElsewhereForTheFirstTimeListsThat() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).patience(PATIENCE).start()) {
            TestMember alone = cluster.leader();
            alone.table(NOTES).put("a", "b");
            assertThat(moves(alone)).isEmpty();
            // when
            alone.stop().at(cluster.newAddress(alone.name())).restart().kill().restart();
            // then
            awaitMoves(cluster, 1);
            assertMove(moves(alone).get(0), alone, OperationState.DONE);
            assertThat(moves(alone).get(0).step()).isEqualTo("listening at " + alone.address());
            assertThat(row(alone, alone.name()).address()).isEqualTo(alone.address());
            // when: it is known to be there
            alone.stop().restart();
            TestMember second = cluster.newMember("fe2");
            second.restart();
            awaitDone(alone, second.name());
            // then
            awaitMoves(cluster, 1);
            cluster.awaitApplied(second.table(NOTES).put("b", "c"));
            assertThat(row(second, alone.name()).address()).isEqualTo(alone.address());
            cluster.assertConverged();
        }
    }

    @Test
    void allMoveAtOnceWhileOpenAndNoWriteFails() {
        try (TestCluster cluster =
                        TestCluster.builder().voters(3).patience(PATIENCE).start();
                WriteLoad load = WriteLoad.start("moving", cluster::running)) {
            awaitWrites(load);
            List<Thread> moving = cluster.members().stream()
                    .map(member -> new Thread(() -> move(cluster, member), "move-" + member.name()))
                    .toList();
            moving.forEach(Thread::start);
            moving.forEach(AddressMoveTest::join);
            awaitMoves(cluster, 3);
            awaitWrites(load);

            assertThat(load.stop()).isEmpty();
            cluster.assertConverged();
            cluster.running().forEach(load::assertKept);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.running())
                    .allSatisfy(asked -> assertThat(asked.store().cluster().members())
                            .allSatisfy(row -> assertThat(row.address())
                                    .isEqualTo(cluster.member(row.name()).address()))));
        }
    }

    private static void move(TestCluster cluster, TestMember member) {
        String next = cluster.newAddress(member.name());
        member.store().withTimeout(PATIENCE).cluster().changeAddress(next);
        member.at(next);
    }

    private static void join(Thread thread) {
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private static void awaitWrites(WriteLoad load) {
        long before = load.written();
        Awaitility.await().atMost(PATIENCE).until(() -> load.written() >= before + 50);
    }

    /** What its former incarnation recorded is not where the others look for it, and nothing is recorded that nobody did. */
    @Test
    void whoComesBackAsAnotherIncarnationIsLookedForWhereItSays() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember lost = cluster.anyFollower();
            move(cluster, lost);
            awaitMoves(cluster, 1);
            lost.kill().wipe().at(cluster.newAddress(lost.name())).joining(MetaStore.Builder::autoReplace);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptionsMatching(e ->
                            e instanceof MembershipRefusedException refusal && refusal.reason() == Reason.MEMBER_ALIVE)
                    .until(() -> lost.restart().isRunning());
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.leader().store().cluster().operations().stream()
                    .anyMatch(operation -> operation.type() == OperationType.REPLACE && operation.isOver()));

            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            cluster.assertConverged();
            for (TestMember asked : cluster.running()) {
                assertThat(asked.store().cluster().members())
                        .filteredOn(row -> row.name().equals(lost.name()))
                        .allSatisfy(row -> assertThat(row.address()).isEqualTo(lost.address()));
                assertThat(moves(asked)).as("of the one before").hasSize(1);
            }
        }
    }

    @Test
    void theOldAddressIsFreeAWhileAfterTheMove(@TempDir Path directory) {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember moved = cluster.anyFollower();
            String old = moved.address();
            String next = cluster.newAddress(moved.name());
            moved.store().cluster().changeAddress(next);
            moved.at(next);
            assertThatThrownBy(() -> openAt(old, directory, cluster)).isInstanceOf(AddressInUseException.class);

            Awaitility.await()
                    .pollInterval(Duration.ofMillis(200)) // Each look opens a member; it takes some ten seconds.
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(AddressInUseException.class)
                    .until(() -> {
                        openAt(old, directory, cluster);
                        return true;
                    });

            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            cluster.assertConverged();
        }
    }

    private static void openAt(String address, Path directory, TestCluster cluster) {
        MetaStore.builder(directory)
                .member("other", address)
                .bootstrap("other=" + address)
                .with(cluster.network())
                .open()
                .close();
    }
}
