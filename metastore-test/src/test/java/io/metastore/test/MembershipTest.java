package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Cluster;
import io.metastore.api.Codecs;
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
import io.metastore.api.TableDef;
import io.metastore.api.UnavailableException;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of {@link Cluster}, each from its beginning to its end, on members in one JVM. */
class MembershipTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void load(TestMember member, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            member.table(NOTES).put(prefix + i, "value " + i);
        }
    }

    private static void awaitDone(TestMember asked, String target) {
        Awaitility.await("operations about " + target)
                .atMost(PATIENCE)
                .until(() -> asked.store().cluster().operations().stream()
                        .filter(operation -> operation.target().equals(target))
                        .findFirst()
                        .filter(Operation::isOver)
                        .isPresent());
        Operation last = asked.store().cluster().operations().stream()
                .filter(operation -> operation.target().equals(target))
                .findFirst()
                .orElseThrow();
        assertThat(last.state()).as(last.toString()).isEqualTo(OperationState.DONE);
    }

    private static List<String> voters(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .filter(member ->
                        member.role() == MemberStatus.Role.LEADER || member.role() == MemberStatus.Role.FOLLOWER)
                .map(MemberStatus::name)
                .sorted()
                .toList();
    }

    private static MemberStatus row(TestMember asked, String name) {
        return asked.store().cluster().members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(MembershipRefusedException.class, e -> assertThat(e.reason())
                .as(e.getMessage())
                .isEqualTo(reason));
    }

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
            assertThat(voters(first)).containsExactly("fe1", "fe2", "fe3", "fe4", "fe5");
            assertThat(first.store().cluster().failureTolerance()).isEqualTo(2);

            underLoad(cluster, "shrinking", () -> {
                for (int i = 5; i >= 2; i--) {
                    shrink(cluster, cluster.member("fe" + i));
                    load(first, "c" + i, 5);
                }
            });
            assertThat(voters(first)).containsExactly("fe1");
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
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> leaving.store().status().state() == StoreState.REMOVED);
        assertThat(leaving.table(NOTES).reading(ReadMode.local()).get("a0")).contains("value 0");
        leaving.stop();
    }

    private static void awaitFinding(TestMember member, String code, boolean there) {
        Awaitility.await(code + " at " + member.name() + ": " + there)
                .atMost(PATIENCE)
                .until(() -> member.store().health().findings().stream()
                                .anyMatch(finding -> finding.code().equals(code))
                        == there);
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
            assertThat(row(added, "fe4").role()).isEqualTo(MemberStatus.Role.OBSERVER);
            // then it stays one through a restart and can be given a vote
            added.kill().restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "b"));
            asked.promote("fe4").await(PATIENCE);
            cluster.assertConverged(); // It has a vote once a majority says so; whether it has heard is another matter.
            assertThat(voters(added)).containsExactly("fe1", "fe2", "fe3", "fe4");
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
            assertThat(voters(cluster.leader())).containsExactly("fe1", "fe2", "fe3", "fe4");
            assertThat(asked.operations()).extracting(Operation::target).containsExactly("fe4");
            // then it is so, for whoever asks for just that
            assertThat(asked.addVoter("fe4", added.address()).id()).isEqualTo(adding.id());
            refused(Reason.DUPLICATE_NAME, () -> asked.addObserver("fe4", added.address()));
            refused(Reason.DUPLICATE_NAME, () -> asked.addVoter("fe4", "elsewhere:1"));
            // and not any more when it is gone
            added.kill();
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> refused(
                    Reason.DUPLICATE_NAME, () -> asked.addVoter("fe4", added.address())));
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
            assertThat(voters(wiped)).containsExactly("fe1", "fe2", "fe3");
            assertThat(row(wiped, wiped.name()).incarnation()).isNotEmpty().isNotEqualTo(before);
        }
    }

    /** As soon as the others have noticed that the old incarnation does not answer. */
    private static PendingOperation awaitReplace(TestCluster cluster, String name) {
        Cluster asked = cluster.leader().store().cluster();
        return Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(
                        e -> e instanceof MembershipRefusedException refusal && refusal.reason() == Reason.MEMBER_ALIVE)
                .until(() -> asked.replace(name), operation -> operation != null);
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
            assertThat(voters(wiped)).containsExactly("fe1", "fe2", "fe3");
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
            assertThat(voters(demoted)).containsExactly("fe1", "fe2", "fe3");
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

            leader.store().cluster().leave();

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> leader.store().status().state() == StoreState.REMOVED);
            assertThat(leader.store().revision()).isGreaterThanOrEqualTo(last);
            leader.stop();
            assertThat(cluster.leader().table(NOTES).get("a")).contains("b");
            assertThat(voters(cluster.leader())).hasSize(2).doesNotContain(leader.name());
        }
    }

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
    void nobodyIsElectedWhileElectionsArePaused() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember leader = cluster.leader();
            leader.store().cluster().elections().pause();
            cluster.awaitApplied(leader.table(NOTES).put("a", "b"));
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.running().stream()
                    .allMatch(member -> member.store().cluster().elections().isPaused()));
            TestMember next = cluster.anyFollower();
            next.store().cluster().transferLeadership(next.name()).await(PATIENCE);
            assertThat(cluster.leader()).isEqualTo(next);

            next.kill();
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.running().stream()
                    .allMatch(member -> member.store().status().state() == StoreState.NO_QUORUM));
            cluster.running()
                    .forEach(member -> assertThat(member.probe().leads()).isFalse());

            cluster.running()
                    .get(0)
                    .store()
                    .withTimeout(PATIENCE)
                    .cluster()
                    .elections()
                    .resume();
            cluster.leader().store().withTimeout(PATIENCE).table(NOTES).put("c", "c");
        }
    }

    @Test
    void aPauseHoldsThroughARestartOfAllUntilItIsEnded() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.leader().table(NOTES).put("a", "b");
            cluster.leader().store().cluster().elections().pause();
            cluster.running().forEach(member -> awaitFinding(member, "ELECTIONS_PAUSED", true));
            cluster.members().forEach(TestMember::kill);
            cluster.restart(cluster.members());
            for (TestMember member : cluster.members()) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> member.store().status().state() == StoreState.NO_QUORUM);
                assertThat(member.store().cluster().elections().isPaused()).isTrue();
                assertThat(member.probe().leads()).isFalse();
                awaitFinding(member, "ELECTIONS_PAUSED", true);
            }
            cluster.member("fe2")
                    .store()
                    .withTimeout(PATIENCE)
                    .cluster()
                    .elections()
                    .resume();
            cluster.running().forEach(member -> awaitFinding(member, "ELECTIONS_PAUSED", false));
            assertThat(cluster.leader().table(NOTES).get("a")).contains("b");
            cluster.leader().kill(); // Whoever that is, another takes over again.
            cluster.leader().store().withTimeout(PATIENCE).table(NOTES).put("c", "d");
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
    void olderCopyOfADirectoryIsRecognised() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember restored = cluster.anyFollower().stop();
            Path copy = cluster.root().resolve("copy");
            copy(restored.directory(), copy);
            restored.restart();
            load(cluster.leader(), "a", 20);
            TestMember witness = cluster.leader();
            // The others hear of it within a second.
            Awaitility.await().atMost(PATIENCE).until(() -> {
                witness.store().status();
                return cluster.running().stream()
                        .allMatch(member ->
                                member.probe().position().equals(witness.probe().position()));
            });
            cluster.running().forEach(member -> member.store().status());

            restored.kill().wipe();
            copy(copy, restored.directory());

            assertThatThrownBy(restored::restart)
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessageContaining("older than what this member has acknowledged");
            restored.wipe().joining(builder -> builder);
            awaitReplace(cluster, restored.name());
            restored.restart();
            awaitDone(cluster.leader(), restored.name());
            cluster.assertConverged();
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
