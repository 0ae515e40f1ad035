package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.Health;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.recovery.branch.Branch;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Members that were left behind by a recovery hear of it, end their part in the old epoch for good, and come back as observers when they may. */
class RejoinTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void missingMemberComesBackAsAnObserverAndKeepsWhatItHad() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember returning = cluster.member("fe3");
            cluster.awaitApplied(load(cluster.leader().store(), 0, 10));
            TestMember survivor = recoverWithout(cluster, returning);
            load(survivor.store(), 10, 20);

            returning.joining(MetaStore.Builder::rejoin).restart();

            MetaStore store = returning.store();
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            store.table(NOTES).reading(ReadMode.local()).get("k19"))
                    .contains("value 19"));
            assertThat(store.table(NOTES).get("k9")).contains("value 9");
            Awaitility.await().atMost(PATIENCE).until(() -> role(survivor, "fe3") == MemberStatus.Role.OBSERVER);
            assertThat(store.cluster().lineage()).hasSize(1);
            assertThat(returning.directory().resolve("stores/main/epoch-000001/journal"))
                    .isDirectory();
            // it is a member like any other from now on
            Returned.promote(survivor, returning);
            cluster.awaitApplied(load(survivor.store(), 20, 25));
            returning.stop();
            assertThat(Recovery.branches(returning.directory()).undecided())
                    .as("what of its former journal was taken over is in its state")
                    .isEmpty();
            returning.restart();
            cluster.awaitApplied(load(survivor.store(), 25, 30));
        }
    }

    @Test
    void sealedMemberComesBackWhenItIsOpened() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 10));
            TestMember survivor = recoverWithout(cluster, cluster.member("fe3"));
            TestMember sealed = cluster.member(survivor.name().equals("fe1") ? "fe2" : "fe1");
            load(survivor.store(), 10, 20);
            assertThatThrownBy(sealed::restart).isInstanceOf(RecoveryRefusedException.class);

            sealed.joining(MetaStore.Builder::rejoin).restart();

            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            sealed.table(NOTES).reading(ReadMode.local()).get("k19"))
                    .contains("value 19"));
        }
    }

    @Test
    void memberThatMayNotComeBackEndsItsPartForGood() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 10));
            TestMember left = cluster.member("fe3");
            TestMember survivor = recoverWithout(cluster, left);
            load(survivor.store(), 10, 20);

            left.restart();

            awaitState(left, StoreState.SUPERSEDED);
            assertThat(left.store().status().reason()).contains("epoch=1", "next=2", "toldBy=" + survivor.address());
            assertThat(left.table(NOTES).reading(ReadMode.local()).get("k9")).contains("value 9");
            assertThatThrownBy(() -> left.table(NOTES).put("x", "y")).isInstanceOf(MetastoreException.class);
            Awaitility.await().atMost(PATIENCE).until(() -> left.directory()
                    .resolve("stores/main/SEAL")
                    .toFile()
                    .exists());
            left.stop();
            assertThatThrownBy(left::restart)
                    .isInstanceOf(RecoveryRefusedException.class)
                    .hasMessageContaining("next=2");
            load(survivor.store(), 20, 21);
        }
    }

    @Test
    void oldMajorityThatLedOnIsEndedWhenItIsReached() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 10));
            TestMember survivor = cluster.member("fe1");
            TestMember ended = cluster.member("fe2");
            TestMember returning = cluster.member("fe3").joining(MetaStore.Builder::rejoin);
            List<TestMember> old = List.of(ended, returning);
            cluster.members().forEach(TestMember::stop);
            consented(survivor);
            cluster.partition(List.of(survivor), old);
            survivor.restart();
            load(survivor.store(), 10, 15);
            cluster.restart(old);
            Revision lost = load(ended.store(), 15, 20);
            assertThat(lost.epoch()).isEqualTo(1);
            awaitLocal(returning.store(), "k19");
            MetaStore open = returning.store();

            cluster.heal();

            awaitState(ended, StoreState.SUPERSEDED);
            assertThat(ended.table(NOTES).reading(ReadMode.local()).get("k19")).contains("value 19");
            Revision kept = load(survivor.store(), 20, 21);
            assertThat(kept.epoch()).isEqualTo(2);
            assertThat(survivor.table(NOTES).get("k19")).isEmpty();
            assertThat(survivor.table(NOTES).get("k14")).contains("value 14");
            // who may comes back in the open store; what it has beside them is a branch first, and its epoch stays
            awaitLocal(open, "k20");
            assertThat(open.table(NOTES).reading(ReadMode.local()).get("k19")).isEmpty();
            Awaitility.await().atMost(PATIENCE).until(() -> role(survivor, "fe3") == MemberStatus.Role.OBSERVER);
            Path epochs = returning.directory().resolve("stores/main");
            Branch branch = Branch.load(epochs.resolve("branches/epoch-000001.jsonl"));
            assertThat(branch.facts().last()).isEqualTo(lost.position());
            assertThat(branch.with(NOTES).transactions().toString())
                    .contains("k15", "value 19")
                    .doesNotContain("k9");
            assertThat(epochs.resolve("epoch-000001/journal")).isDirectory();
            assertThat(ended.directory().resolve("stores/main/branches"))
                    .as("who may not only seals its directory")
                    .doesNotExist();
            assertThat(Recovery.branches(ended.directory(), survivor.directory())
                            .list())
                    .as("where all of that is")
                    .isNotEmpty();
        }
    }

    @Test
    void twoSurvivorsRecoveredApartFindOutAndTellBothHistories() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 10));
            cluster.members().forEach(TestMember::stop);
            TestMember one = cluster.member("fe1");
            TestMember two = cluster.member("fe2");
            consented(one);
            consented(two);
            one.restart();
            two.restart();
            load(one.store(), 10, 12);
            load(two.store(), 12, 14);

            String first = awaitTwice(one);
            String second = awaitTwice(two);

            String recoveryOfOne =
                    one.store().cluster().lineage().get(0).recovery().toString();
            String recoveryOfTwo =
                    two.store().cluster().lineage().get(0).recovery().toString();
            assertThat(recoveryOfOne).isNotEqualTo(recoveryOfTwo);
            assertThat(first).contains(recoveryOfOne, recoveryOfTwo);
            assertThat(second).contains(recoveryOfOne, recoveryOfTwo);
            load(one.store(), 14, 15);
            load(two.store(), 15, 16);
            one.stop();
            two.stop();
            Survey both = Recovery.of(Source.directory(one.directory()), Source.directory(two.directory()))
                    .survey();
            assertThatThrownBy(both::diagnose)
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessageContaining(recoveryOfOne)
                    .hasMessageContaining(recoveryOfTwo);
            assertThatThrownBy(both::plan).isInstanceOf(DirectoryMismatchException.class);
        }
    }

    private static void awaitLocal(MetaStore store, String key) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        store.table(NOTES).reading(ReadMode.local()).get(key).isPresent());
    }

    private static String awaitTwice(TestMember member) {
        Awaitility.await().atMost(PATIENCE).until(() -> !twice(member).isEmpty());
        return twice(member).get(0);
    }

    private static List<String> twice(TestMember member) {
        return member.store().health().findings().stream()
                .filter(finding -> finding.code().equals("RECOVERED_TWICE"))
                .map(Health.Finding::text)
                .toList();
    }

    /** Recovers a cluster from the directories of the two others. */
    private static TestMember recoverWithout(TestCluster cluster, TestMember missing) {
        cluster.members().forEach(TestMember::stop);
        Source[] sources = cluster.members().stream()
                .filter(each -> each != missing)
                .map(each -> Source.directory(each.directory()))
                .toArray(Source[]::new);
        RecoveryResult result = Recovery.of(sources).recover();
        TestMember survivor = cluster.members().stream()
                .filter(each -> each.directory().equals(result.directory()))
                .findFirst()
                .orElseThrow();
        return survivor.restart();
    }

    private static void consented(TestMember survivor) {
        RecoveryPlan plan = Recovery.of(Source.directory(survivor.directory()))
                .survey()
                .plan(PlanOptions.DEFAULT.because("ann", "of " + survivor.name()));
        plan.apply(Consent.to(plan));
    }

    private static Revision load(MetaStore store, int from, int to) {
        Revision last = null;
        for (int i = from; i < to; i++) {
            last = store.withTimeout(PATIENCE).table(NOTES).put("k" + i, "value " + i);
        }
        return last;
    }

    private static MemberStatus.Role role(TestMember asked, String name) {
        return asked.store().status().members().stream()
                .filter(each -> each.name().equals(name))
                .map(MemberStatus::role)
                .findFirst()
                .orElse(MemberStatus.Role.UNKNOWN);
    }

    private static void awaitState(TestMember member, StoreState state) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.store().status().state() == state);
    }
}
