package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.Branches;
import io.metastore.recovery.branch.Resolver;
import io.metastore.recovery.lineage.EpochLineage;
import io.metastore.recovery.lineage.InspectedEpoch;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What happened to others, played to its end with real members: the loss, the recovery, and who comes back afterwards. */
class RecoveryIncidentsTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How long the write of a leader that is cut off waits: until after the others were recovered, and it has to run out before the test ends. */
    private static final Duration WAITING = Duration.ofSeconds(12);

    /** The disk of the only voter dies: an observer goes on by the same call, has a vote then, and the other observer comes back. */
    @Test
    void observerGoesOnWhenTheOnlyVoterIsLost() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).observers(2).patience(PATIENCE).start()) {
            TestMember voter = cluster.leader();
            cluster.awaitApplied(load(voter, 0, 5));
            TestMember behind = cluster.observers().get(0);
            TestMember fresher = cluster.observers().get(1);
            behind.kill();
            Revision last = load(voter, 5, 10);
            fresher.store().awaitRevision(last, PATIENCE);
            fresher.stop();
            voter.kill();

            RecoveryPlan plan = applied(behind, fresher);

            assertThat(plan.target().directory()).isEqualTo(fresher.directory());
            fresher.restart();
            awaitLeading(fresher);
            assertThat(role(fresher, fresher)).isEqualTo(MemberStatus.Role.LEADER);
            assertThat(fresher.table(NOTES).get("k9")).contains("value 9");
            load(fresher, 10, 11);
            behind.joining(MetaStore.Builder::rejoin).restart();
            awaitValue(behind, "k10");
            awaitObserver(fresher, behind);
            fresher.stop();
            fresher.restart();
            awaitLeading(fresher);
        }
    }

    /** An observer that has the metadata of before is started beside the recovered voters: it comes along by itself. */
    @Test
    void observerOfBeforeComesAlong() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).observers(1).patience(PATIENCE).start()) {
            cluster.awaitApplied(load(cluster.leader(), 0, 5));
            TestMember observer = cluster.observers().get(0);
            cluster.members().forEach(TestMember::stop);
            RecoveryPlan plan = applied(cluster.member("fe1"), cluster.member("fe2"));
            TestMember survivor = survivor(cluster, plan);
            survivor.restart();
            awaitLeading(survivor);
            load(survivor, 5, 10);

            observer.joining(MetaStore.Builder::rejoin).restart();

            awaitValue(observer, "k9");
            awaitObserver(survivor, observer);
        }
    }

    /** Recovered to one, growing to three again, the leader is lost for good when there are two: the second recovery begins epoch 3, and the lineage has both. */
    @Test
    void leaderIsLostWhileTheClusterGrowsAgain() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), 0, 5));
            cluster.members().forEach(TestMember::kill);
            TestMember first = survivor(cluster, applied(cluster.member("fe1"), cluster.member("fe2")));
            TestMember second = cluster.member(first.name().equals("fe1") ? "fe2" : "fe1");
            first.restart();
            awaitLeading(first);
            second.wipe().joining(builder -> builder.join(first.address()));
            var adding = first.store().cluster().addVoter(second.name(), second.address());
            second.restart();
            adding.await(PATIENCE);
            Revision kept = load(first, 5, 10);
            first.kill();
            second.kill();
            first.wipe();

            RecoveryPlan plan = applied(second);

            assertThat(plan.verdict().kind()).as("%s", plan).isEqualTo(Verdict.Kind.PROVEN_NONE);
            second.restart();
            awaitLeading(second);
            assertThat(second.table(NOTES).get("k9")).contains("value 9");
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            second.store().cluster().lineage())
                    .extracting(EpochBeginning::epoch)
                    .containsExactly(3L, 2L));
            assertThat(load(second, 10, 11).epoch()).isEqualTo(3);
            assertThat(second.store().cluster().fateOf(kept).kind()).isEqualTo(Fate.Kind.KEPT);
        }
    }

    /** A leader is cut off with a write under way, the others are recovered meanwhile: when it is back its write is not acknowledged. */
    @Test
    void pausedLeaderDoesNotAcknowledgeWhatWaitedInIt() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), 0, 5));
            TestMember paused = cluster.leader();
            List<TestMember> others =
                    cluster.members().stream().filter(each -> each != paused).toList();
            paused.isolate();
            CompletableFuture<Revision> waiting =
                    paused.store().withTimeout(WAITING).async().table(NOTES).put("late", "late");
            others.forEach(TestMember::stop);
            TestMember survivor = survivor(cluster, applied(others.get(0), others.get(1)));
            survivor.restart();
            awaitLeading(survivor);
            load(survivor, 5, 6);

            paused.rejoin();

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> paused.store().status().state() == StoreState.SUPERSEDED);
            assertThat(catchThrowable(waiting::join))
                    .as("not acknowledged")
                    .hasCauseInstanceOf(MetastoreException.class);
            assertThat(survivor.table(NOTES).get("late")).isEmpty();
        }
    }

    /**
     * A write is acknowledged while one follower is down; that one is all that is left. The verdict says that the write may be lost, its receipt says that it is; the
     * old leader comes back, is an observer, and its branch has the write, which is proposed again.
     */
    @Test
    void acknowledgedWriteThatTheSurvivorNeverHadIsABranch() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), 0, 5));
            TestMember survivor = cluster.anyFollower();
            survivor.stop();
            TestMember leader = cluster.leader();
            Revision late = leader.store().withTimeout(PATIENCE).table(NOTES).put("late", "late");
            cluster.running().forEach(TestMember::stop);

            RecoveryPlan plan = applied(survivor);

            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
            assertThat(late.position().index())
                    .isBetween(plan.verdict().firstAtRisk(), plan.verdict().lastAtRisk());
            survivor.restart();
            awaitLeading(survivor);
            load(survivor, 5, 6);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !survivor.store().cluster().lineage().isEmpty());
            Fate fate = survivor.store().cluster().fateOf(late);
            assertThat(fate.kind()).as("%s: %s", late.position(), fate).isEqualTo(Fate.Kind.LOST);
            leader.joining(MetaStore.Builder::rejoin).restart();
            awaitValue(leader, "k5");
            awaitObserver(survivor, leader);
            List<Branch> branches =
                    Recovery.branches(survivor.directory(), leader.directory()).list();
            assertThat(branches).as("%s", branches).hasSize(1);
            keptByWhoCameBack(survivor, leader);
            Branch branch = branches.get(0).with(NOTES);
            assertThat(branch.transactions().toString()).contains("late");
            branch.repropose(survivor.store(), Resolver.UNCHANGED);
            assertThat(survivor.table(NOTES).get("late")).contains("late");
            assertThat(survivor.table(NOTES).get("k5")).contains("value 5");
        }
    }

    /** Its branch shows in its own lineage without the directory of the one that went on, and in that one's beside it. */
    private static void keptByWhoCameBack(TestMember survivor, TestMember returned) {
        List<Branch> kept = Branches.kept(returned.directory());
        assertThat(kept).hasSize(1);
        Awaitility.await() // Until it has flushed what the cluster recorded, it has the file alone.
                .atMost(PATIENCE)
                .until(() -> !Recovery.lineage(returned.directory())
                        .epochs()
                        .get(0)
                        .beginning()
                        .isEmpty());
        EpochLineage own = Recovery.lineage(returned.directory());
        assertThat(own.undecided()).isEmpty();
        assertThat(epoch(own, 1).branches())
                .extracting(Branch::facts)
                .containsExactly(kept.get(0).facts());
        assertThat(epoch(Recovery.lineage(survivor.directory()), 1).branches()).isEmpty();
        assertThat(epoch(Recovery.lineage(survivor.directory(), returned.directory()), 1)
                        .branches())
                .extracting(branch -> branch.facts().last())
                .containsExactly(kept.get(0).facts().last());
    }

    private static InspectedEpoch epoch(EpochLineage lineage, long number) {
        return lineage.epochs().stream()
                .filter(each -> each.epoch() == number)
                .findFirst()
                .orElseThrow();
    }

    /** One of three is to be reset while the two others run: nothing of it happens before they are stopped and sealed, and they come back to it afterwards. */
    @Test
    void nobodyIsResetBesideThoseThatRunAndTheyAreSealedBeforeAnythingElse() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            cluster.awaitApplied(load(cluster.leader(), 0, 5));
            TestMember reset = cluster.anyFollower().stop();
            List<TestMember> running = cluster.running();
            Recovery all = Recovery.of(
                    Source.directory(reset.directory()),
                    Source.directory(running.get(0).directory()),
                    Source.directory(running.get(1).directory()));
            PlanOptions chosen = PlanOptions.DEFAULT.because("ann", "it was the first to be looked at");

            assertThat(catchThrowable(() -> {
                        RecoveryPlan plan = all.survey().plan(chosen);
                        plan.apply(Consent.to(plan));
                    }))
                    .isInstanceOf(DirectoryInUseException.class);

            cluster.awaitApplied(load(cluster.leader(), 5, 10)); // They go on, and so would the one that is stopped.
            reset.restart();
            cluster.awaitApplied(load(cluster.leader(), 10, 15));
            cluster.assertConverged();
            cluster.members().forEach(TestMember::stop);
            RecoveryPlan plan = all.survey().plan(chosen);
            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            List<String> steps = new ArrayList<>();
            plan.apply(Consent.to(plan), step -> {
                if (steps.isEmpty()) {
                    assertThat(step).isEqualTo("seal");
                }
                steps.add(step);
            });
            TestMember survivor = survivor(cluster, plan);
            survivor.restart();
            awaitLeading(survivor);
            load(survivor, 15, 20);
            for (TestMember other : cluster.members()) {
                if (other != survivor) {
                    assertThat(catchThrowable(other::restart)).isInstanceOf(RecoveryRefusedException.class);
                    other.joining(MetaStore.Builder::rejoin).restart();
                    awaitValue(other, "k19");
                    awaitObserver(survivor, other);
                    Returned.promote(survivor, other);
                }
            }
            assertThat(survivor.store().cluster().failureTolerance()).isEqualTo(1);
            cluster.awaitApplied(load(survivor, 20, 21));
            cluster.assertConverged();
        }
    }

    private static RecoveryPlan applied(TestMember... left) {
        RecoveryPlan plan = Recovery.of(Arrays.stream(left)
                        .map(each -> Source.directory(each.directory()))
                        .toArray(Source[]::new))
                .survey()
                .plan();
        plan.apply(Consent.to(plan));
        return plan;
    }

    private static TestMember survivor(TestCluster cluster, RecoveryPlan plan) {
        return cluster.members().stream()
                .filter(each -> each.directory().equals(plan.target().directory()))
                .findFirst()
                .orElseThrow();
    }

    private static Revision load(TestMember member, int from, int to) {
        Revision last = null;
        for (int i = from; i < to; i++) {
            last = member.store().withTimeout(PATIENCE).table(NOTES).put("k" + i, "value " + i);
        }
        return last;
    }

    private static MemberStatus.Role role(TestMember asked, TestMember of) {
        return asked.store().status().members().stream()
                .filter(each -> each.name().equals(of.name()))
                .map(MemberStatus::role)
                .findFirst()
                .orElse(MemberStatus.Role.UNKNOWN);
    }

    private static void awaitObserver(TestMember asked, TestMember of) {
        Awaitility.await().atMost(PATIENCE).until(() -> role(asked, of) == MemberStatus.Role.OBSERVER);
    }

    private static void awaitLeading(TestMember member) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.probe().leads());
    }

    private static void awaitValue(TestMember member, String key) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        member.table(NOTES).reading(ReadMode.local()).get(key).isPresent());
    }
}
