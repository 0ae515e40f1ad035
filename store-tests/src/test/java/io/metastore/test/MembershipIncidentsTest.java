package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Cluster;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.Health;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.PendingOperation;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What has gone wrong with memberships elsewhere: rows of the list of incidents that the tests of single verbs do not show. */
class MembershipIncidentsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(MetastoreException.class)
                .until(condition);
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(MembershipRefusedException.class, e -> assertThat(e.reason())
                .as(e.getMessage())
                .isEqualTo(reason));
    }

    /** Name and role of everybody that belongs to the cluster. */
    private static List<String> members(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .map(member -> member.name() + (member.role() == MemberStatus.Role.OBSERVER ? "/" : ""))
                .sorted()
                .toList();
    }

    private static void awaitMembers(TestCluster cluster, String... expected) {
        await(() -> cluster.running().stream()
                        .allMatch(member -> members(member).equals(List.of(expected)))
                && cluster.leader().store().cluster().operations().stream().allMatch(Operation::isOver));
    }

    @Test
    void theLeaderGoesOnWhileAWipedMemberIsDroppedAndComesBack() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember leader = cluster.leader();
            long term = leader.probe().term();
            TestMember wiped = cluster.anyFollower();
            try (WriteLoad load = WriteLoad.start("load", () -> List.of(leader))) {
                await(() -> load.written() > 50);
                wiped.kill().wipe();
                leader.store().cluster().remove(wiped.name()).await(PATIENCE);
                wiped.joining(builder -> builder).restart();
                awaitMembers(cluster, "fe1", "fe2", "fe3");
                assertThat(load.stop()).isEmpty();
                cluster.assertConverged();
                load.assertKept(wiped);
            }
            assertThat(cluster.leader()).isSameAs(leader);
            assertThat(leader.probe().term()).isEqualTo(term);
        }
    }

    @Test
    void aSingleVoterKeepsCommittingWhileASecondOneCatchesUpAndTheAdditionCanBeTakenBack() {
        AtomicReference<Runnable> beforeCatchingUp = new AtomicReference<>(() -> {});
        ObservedOperations observed = new ObservedOperations((member, operation, moment) ->
                beforeCatchingUp.getAndSet(() -> {}).run());
        try (TestCluster cluster = TestCluster.builder()
                .voters(1)
                .patience(PATIENCE)
                .configure(builder -> builder.with(observed))
                .start()) {
            TestMember first = cluster.leader();
            for (int i = 0; i < 500; i++) {
                first.table(NOTES).put("k" + i, "v".repeat(1_000));
            }
            TestMember second = cluster.newMember("fe2");
            PendingOperation adding = first.store().cluster().addVoter("fe2", second.address());
            // It is let in and hears nothing then, as if the journal were very long.
            beforeCatchingUp.set(() -> {
                Awaitility.await().atMost(PATIENCE).until(second::isRunning);
                cluster.network().cutOneWay(first.address(), second.address());
            });
            second.restart();
            await(() -> adding.now().state() == OperationState.RUNNING);
            await(() -> cluster.network().fired() > 0);
            Revision written = first.table(NOTES).put("while", "it catches up");
            assertThat(first.store().cluster().failureTolerance()).isZero();
            assertThat(written.number()).isPositive();

            adding.cancel();

            assertThat(adding.now().state()).isEqualTo(OperationState.CANCELLED);
            assertThat(members(first)).containsExactly("fe1");
            cluster.heal();
            await(() -> second.store().status().state() == StoreState.REMOVED);
            first.table(NOTES).put("after", "it");
            // then the same process is not taken in again behind the operator's back, an empty directory is
            second.stop().wipe().restart();
            awaitMembers(cluster, "fe1", "fe2");
            cluster.assertConverged();
        }
    }

    @Test
    void aWipedMemberHasNoVoteBeforeItHasWhatItLost() {
        AtomicReference<Runnable> beforeTakingIn = new AtomicReference<>(() -> {});
        AtomicReference<Runnable> afterTakingIn = new AtomicReference<>(() -> {});
        ObservedOperations observed = new ObservedOperations((member, operation, moment) -> {
            if (moment == Moment.CHANGING) {
                beforeTakingIn.getAndSet(() -> {}).run();
            } else if (moment == Moment.CHANGED) {
                afterTakingIn.getAndSet(() -> {}).run();
            }
        });
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(builder -> builder.with(observed))
                .start()) {
            TestMember leader = cluster.leader();
            for (int i = 0; i < 50; i++) {
                leader.table(NOTES).put("k" + i, "v" + i);
            }
            TestMember wiped = cluster.followers().get(0);
            TestMember other = cluster.followers().get(1);
            wiped.kill().wipe().joining(builder -> builder.autoReplace());
            // given: it is in the group again, without a vote, and is cut off before it is given one
            beforeTakingIn.set(() -> Awaitility.await().atMost(PATIENCE).until(wiped::isRunning));
            afterTakingIn.set(wiped::isolate);
            await(() -> {
                wiped.restart();
                return true;
            });
            await(() -> members(leader).contains(wiped.name() + "/"));
            // when
            other.kill();
            leader.kill();
            wiped.rejoin();
            other.restart();
            // then: two of three are up, one of them wiped, and that is no majority
            await(() -> other.store().status().state() == StoreState.NO_QUORUM);
            assertThat(other.probe().leads()).isFalse();
            assertThat(wiped.probe().leads()).isFalse();
            leader.restart();
            awaitMembers(cluster, "fe1", "fe2", "fe3");
            cluster.assertConverged();
            assertThat(wiped.table(NOTES).reading(ReadMode.local()).get("k49")).contains("v49");
        }
    }

    @Test
    void anIdleClusterBringsANewMemberUpToDateWithoutAnyWrite() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).patience(PATIENCE).start()) {
            cluster.leader().table(NOTES).put("a", "b");
            cluster.leader().kill().restart();
            TestMember added = cluster.newObserver("o1");
            added.restart();
            awaitMembers(cluster, "fe1", "o1/");
            cluster.assertConverged();
            assertThat(added.table(NOTES).reading(ReadMode.local()).get("a")).contains("b");
        }
    }

    @Test
    void aMemberThatVanishesStaysAMemberAndItsLossIsTold() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember vanished = cluster.anyFollower();
            vanished.kill().wipe();
            Cluster asked = cluster.leader().store().cluster();
            await(() -> asked.failureTolerance() == 0);
            await(() -> cluster.leader().store().health().findings().stream()
                    .map(Health.Finding::code)
                    .anyMatch("MEMBER_SILENT"::equals));
            assertThat(members(cluster.leader())).containsExactly("fe1", "fe2", "fe3");
            // then it is no member that decides alone that it begins anew
            assertThatThrownBy(vanished::restart)
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessageContaining("replace the member");
            vanished.joining(MetaStore.Builder::autoReplace).restart();
            awaitMembers(cluster, "fe1", "fe2", "fe3");
            await(() -> asked.failureTolerance() == 1);
            cluster.assertConverged();
        }
    }

    @Test
    void observersMayBeDroppedWhateverIsDownAndBelongingIsNotHealth() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).observers(1).patience(PATIENCE).start()) {
            TestMember observer = cluster.observers().get(0);
            cluster.anyFollower().kill();
            observer.kill();
            cluster.leader().store().cluster().remove(observer.name()).await(PATIENCE);
            awaitMembers(cluster, "fe1", "fe2", "fe3");

            cluster.leader().kill(); // No quorum is left.
            TestMember left = cluster.running().get(0);
            await(() -> left.store().status().state() == StoreState.NO_QUORUM);
            assertThat(members(left)).containsExactly("fe1", "fe2", "fe3");
            assertThat(left.store().health().ready()).isFalse();
            assertThat(left.store().health().findings())
                    .extracting(Health.Finding::code)
                    .contains("NO_QUORUM");
            refused(Reason.NO_LEADER, () -> left.store().cluster().remove("fe1"));
        }
    }

    @Test
    void anObserverThatGotAnImageAndMovedStaysAnObserverAndCanBePromoted() {
        CheckpointPolicy often = CheckpointPolicy.defaults().toBuilder()
                .entries(100)
                .journalFileBytes(1 << 20)
                .laggardEntries(0)
                .build();
        try (TestCluster cluster = TestCluster.builder()
                .voters(1)
                .observers(1)
                .patience(PATIENCE)
                .configure(builder -> builder.checkpoints(often))
                .start()) {
            TestMember leader = cluster.leader();
            TestMember observer = cluster.observers().get(0);
            cluster.awaitApplied(leader.table(NOTES).put("first", "v"));
            long position = observer.probe().position().index();
            observer.kill();
            String value = "v".repeat(20_000);
            for (int i = 0; leader.store().checkpoints().status().journalFirst() <= position + 1; i++) {
                leader.table(NOTES).put("k" + i % 500, i + value);
            }
            // when it comes back elsewhere
            observer.at(cluster.newAddress(observer.name())).restart();
            cluster.awaitApplied(leader.table(NOTES).put("second", "v"));
            assertThat(observer.store().checkpoints().list())
                    .anyMatch(image -> image.provenance().startsWith("received"));
            awaitMembers(cluster, "fe1", "fe2/");
            String next = cluster.newAddress(observer.name());
            observer.store().cluster().changeAddress(next);
            observer.at(next);
            await(() -> leader.store().cluster().members().stream()
                    .anyMatch(member -> member.address().equals(next) && member.alive()));
            awaitMembers(cluster, "fe1", "fe2/");
            // then
            leader.store().cluster().promote(observer.name()).await(PATIENCE);
            awaitMembers(cluster, "fe1", "fe2");
            cluster.assertConverged();
        }
    }

    @Test
    void whatAnIsolatedLeaderDidNotReplicateIsGoneWhenItIsBackAndItsCallerWasToldSo() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember old = cluster.leader();
            cluster.awaitApplied(old.table(NOTES).put("a", "1"));
            old.isolate();
            OutcomeUnknownException unknown = catchThrowableOfType(OutcomeUnknownException.class, () -> old.store()
                    .withTimeout(Duration.ofMillis(100))
                    .table(NOTES)
                    .put("b", "never committed"));
            assertThat(unknown).isNotNull();
            await(() -> cluster.running().stream()
                    .anyMatch(member -> member != old && member.probe().leads()));
            Revision after = cluster.leader().table(NOTES).put("c", "3");
            old.kill().rejoin().restart();
            cluster.awaitApplied(after);
            cluster.assertConverged();
            assertThat(old.table(NOTES).get("b")).isEmpty();
            assertThat(old.table(NOTES).get("c")).contains("3");
        }
    }

    @Test
    void aRemovedMemberStaysOutWhenItIsStartedAgain() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember removed = cluster.anyFollower();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            cluster.leader().store().cluster().remove(removed.name()).await(PATIENCE);
            await(() -> removed.store().status().state() == StoreState.REMOVED);
            for (int i = 0; i < 2; i++) {
                removed.kill().restart();
                await(() -> removed.store().status().state() == StoreState.REMOVED);
                assertThat(removed.table(NOTES).reading(ReadMode.local()).get("a"))
                        .contains("b");
            }
            assertThat(members(cluster.leader())).hasSize(2).doesNotContain(removed.name());
            // One that was down and did not hear of it finds out as well.
            TestMember down = cluster.newObserver("o1");
            down.restart();
            await(() -> members(cluster.leader()).contains("o1/"));
            await(() -> cluster.leader().store().cluster().operations().stream().allMatch(Operation::isOver));
            down.kill();
            cluster.leader().store().cluster().remove("o1").await(PATIENCE);
            down.restart();
            await(() -> down.store().status().state() == StoreState.REMOVED);
            assertThat(members(cluster.leader())).hasSize(2);
        }
    }

    @Test
    void ofTwoMembersOfOneNameOneComesIn() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).patience(PATIENCE).start()) {
            TestMember one = cluster.newMember("fe2");
            one.restart();
            TestMember two = cluster.newMember("fe3");
            two.joining(builder -> builder.member("fe2", two.address()));
            refused(Reason.DUPLICATE_NAME, two::restart);
            TestMember three = cluster.newMember("fe4");
            three.at(cluster.leader().address());
            assertThatThrownBy(three::restart).isInstanceOf(MetastoreException.class);
            awaitMembers(cluster, "fe1", "fe2");
        }
    }

    @Test
    void ofTwoChangesAskedForAtOnceTheSecondSeesTheFirst() throws InterruptedException {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            List<TestMember> followers = cluster.followers();
            ConcurrentLinkedQueue<Object> ends = new ConcurrentLinkedQueue<>();
            List<Thread> asking = new ArrayList<>();
            for (TestMember follower : followers) {
                Thread thread = new Thread(() -> {
                    try {
                        ends.add(follower.store()
                                .cluster()
                                .remove(follower.name())
                                .await(PATIENCE)
                                .state());
                    } catch (MetastoreException e) {
                        ends.add(e);
                    }
                });
                asking.add(thread);
                thread.start();
            }
            for (Thread thread : asking) {
                thread.join();
            }
            // Both may be asked for before one has begun; they are carried out one after the other then.
            await(() -> cluster.leader().store().cluster().operations().stream().allMatch(Operation::isOver));
            long done = cluster.leader().store().cluster().operations().stream()
                    .filter(operation -> operation.state() == OperationState.DONE)
                    .count();
            assertThat(done).as(ends.toString()).isBetween(1L, 2L);
            assertThat(members(cluster.leader())).hasSize((int) (3 - done));
            cluster.leader().table(NOTES).put("a", "b");
        }
    }
}
