package io.metastore.recovery.branch;

import static io.metastore.recovery.branch.CutMember.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Fate;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Revision;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.Consent;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Source;
import io.metastore.recovery.branch.BranchFacts.Kind;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Branches in the directories of real members. */
class BranchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    @Test
    void tailOfAFormerLeaderIsABranchOfItsDirectory() throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember old = isolatedLeader(cluster);
            MetaStore cutOff = old.store().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> cutOff.table(NOTES).put("lost", "of the old leader"))
                    .isInstanceOf(MetastoreException.class);
            TestMember next = successor(cluster, old);
            Revision committed = next.table(NOTES).put("won", "of the new leader");
            next.table(NOTES).put("won", "again");
            cluster.members().forEach(TestMember::kill);
            RecoveryPlan plan = Recovery.of(cluster.members().stream()
                            .map(each -> Source.directory(each.directory()))
                            .toArray(Source[]::new))
                    .survey()
                    .plan();
            Path target = plan.target().directory();
            assertThat(target).isNotEqualTo(old.directory());
            plan.apply(Consent.to(plan));
            Map<String, Integer> before = Trees.photo(cluster.root());

            Branches alone = Recovery.branches(old.directory());
            Branches all = Recovery.branches(
                    cluster.members().stream().map(TestMember::directory).toArray(Path[]::new));

            assertThat(Trees.photo(cluster.root())).isEqualTo(before);
            assertThat(alone.list()).isEmpty();
            assertThat(alone.undecided().toString()).contains("give the directory that went on");
            assertThat(all.undecided()).isEmpty();
            assertThat(all.list()).as("%s", all).hasSize(1);
            Branch branch = all.list().get(0);
            assertThat(branch.facts().kind()).isEqualTo(Kind.OTHER_COPY);
            assertThat(branch.facts().member()).startsWith(old.name() + "@");
            assertThat(branch.facts().exact()).isTrue();
            assertThat(branch.facts().first().term())
                    .isLessThan(committed.position().term());
            assertThat(branch.transactions())
                    .singleElement()
                    .asString()
                    .contains("put notes[\"lost\"] = \"of the old leader\"");
            TestMember survivor = cluster.members().stream()
                    .filter(each -> each.directory().equals(target))
                    .findFirst()
                    .orElseThrow();
            survivor.restart();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !survivor.store().cluster().lineage().isEmpty());
            assertThat(survivor.store().cluster().fateOf(committed).kind()).isEqualTo(Fate.Kind.KEPT);
            Revision never = new Revision(
                    1, committed.number(), branch.transactions().get(0).position());
            assertThat(survivor.store().cluster().fateOf(never).kind()).isEqualTo(Fate.Kind.LOST);

            Reproposal done = branch.repropose(survivor.store(), Resolver.UNCHANGED);

            assertThat(done.applied()).as("%s", done).isEqualTo(1);
            assertThat(survivor.table(NOTES).get("lost")).contains("of the old leader");
            assertThat(survivor.table(NOTES).get("won")).contains("again");
            assertThat(branch.repropose(survivor.store(), Resolver.UNCHANGED).appliedBefore())
                    .isEqualTo(1);
        }
    }

    /** While the cluster lives: a former leader is back, and what only it had is cut off by its successor. */
    @Test
    void whatASuccessorCutsOffIsKeptBesideTheJournal() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember old = isolatedLeader(cluster);
            MetaStore cutOff = old.store().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> cutOff.table(NOTES).put("lost", "of the old leader"))
                    .isInstanceOf(OutcomeUnknownException.class);
            TestMember next = successor(cluster, old);
            Revision committed = next.table(NOTES).put("won", "of the new leader");

            old.kill().rejoin().restart(); // Killed: nobody sends it again.

            cluster.awaitApplied(committed);
            cluster.assertConverged();
            assertThat(old.table(NOTES).get("lost")).isEmpty();
            Branches found = Recovery.branches(
                    cluster.members().stream().map(TestMember::directory).toArray(Path[]::new));
            assertThat(found.undecided()).isEmpty();
            assertThat(found.list()).as("%s", found).hasSize(1);
            Branch branch = found.list().get(0);
            BranchFacts facts = branch.facts();
            assertThat(facts.kind()).isEqualTo(Kind.OVERWRITTEN);
            assertThat(facts.member()).startsWith(old.name() + "@");
            assertThat(facts.recovery()).isEqualTo(BranchFacts.NO_RECOVERY);
            assertThat(facts.epoch()).isEqualTo(1);
            assertThat(facts.nextEpoch()).isEqualTo(1);
            assertThat(facts.exact()).isTrue();
            assertThat(facts.tip().index()).isEqualTo(facts.first().index() - 1);
            assertThat(facts.first().term()).isLessThan(committed.position().term());
            assertThat(branch.transactions())
                    .singleElement()
                    .asString()
                    .contains("put notes[\"lost\"] = \"of the old leader\"");
            Path file = temporary.resolve("overwritten.jsonl");
            branch.export(file);
            Branch loaded = Branch.load(file);
            assertThat(loaded.facts()).isEqualTo(facts);

            assertThat(branch.repropose(next.store(), Resolver.UNCHANGED).skipped())
                    .as("nobody can tell what was changed since")
                    .hasSize(1);
            assertThat(loaded.repropose(next.store(), proposal -> Decision.apply())
                            .applied())
                    .isEqualTo(1);

            assertThat(next.table(NOTES).get("lost")).contains("of the old leader");
            assertThat(branch.repropose(old.store(), proposal -> Decision.apply())
                            .appliedBefore())
                    .isEqualTo(1);
        }
    }

    /** Its process lives on: it sends its write again itself, so that the branch is in the history. */
    @Test
    void whatWasCutOffAndSentAgainIsInTheHistory() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember old = isolatedLeader(cluster);
            CompletableFuture<Revision> pending =
                    old.store().withTimeout(PATIENCE).async().table(NOTES).put("slow", "of the old leader");
            TestMember next = successor(cluster, old);
            next.table(NOTES).put("won", "of the new leader");

            old.rejoin();

            Revision again = pending.join();
            cluster.awaitApplied(again);
            Branch branch = CutMember.only(old.directory());
            assertThat(branch.facts().kind()).isEqualTo(Kind.OVERWRITTEN);
            Reproposal done = branch.repropose(next.store(), proposal -> Decision.apply());
            assertThat(done.inHistory()).as("%s", done).isEqualTo(1);
            assertThat(next.table(NOTES).get("slow")).contains("of the old leader");
        }
    }

    /** All have a first write; then it hears nobody any more, and nobody hears it. */
    private static TestMember isolatedLeader(TestCluster cluster) {
        cluster.awaitApplied(cluster.leader().table(NOTES).put("shared", "1"));
        return cluster.leader().isolate();
    }

    private static TestMember successor(TestCluster cluster, TestMember old) {
        List<TestMember> others =
                cluster.members().stream().filter(each -> each != old).toList();
        Awaitility.await().atMost(PATIENCE).until(() -> others.stream()
                .anyMatch(each -> each.probe().leads()));
        return others.stream().filter(each -> each.probe().leads()).findFirst().orElseThrow();
    }

    /** A member of its own writes this, in this order, and dies. */
    private static List<Revision> written(Path member, String... keys) {
        MetaStore store = MetaStore.open(member);
        try {
            return Stream.of(keys).map(key -> store.table(NOTES).put(key, "1")).toList();
        } finally {
            SimulatedNetwork.kill(store);
        }
    }

    /** Of one member, recovered twice with a cut each time, and once taken back in between. */
    @Test
    void fatesAndBranchesGoAcrossRecoveries() {
        Path member = temporary.resolve("member");
        List<Revision> first = written(member, "a", "b");
        Revision kept = first.get(0);
        Revision cut = first.get(1);
        CutMember.cutBehind(member, kept);
        Recovery.undo(member);
        assertThat(Recovery.branches(member).list())
                .as("nothing was left behind")
                .isEmpty();
        CutMember.cutBehind(member, kept);
        MetaStore second = CutMember.openRecovered(member, 1);
        Revision keptLater;
        Revision cutLater;
        try {
            assertThat(second.cluster().lineage().get(0).epoch()).isEqualTo(3);
            keptLater = second.table(NOTES).put("c", "3");
            cutLater = second.table(NOTES).put("d", "3");
        } finally {
            SimulatedNetwork.kill(second);
        }
        CutMember.cutBehind(member, keptLater);

        assertThat(Recovery.branches(member).list())
                .extracting(each -> each.facts().kind() + " " + each.facts().epoch() + " "
                        + each.facts().nextEpoch() + " " + each.facts().transactions())
                .containsExactly("CUT_TAIL 1 3 1", "CUT_TAIL 3 4 1");
        try (MetaStore third = CutMember.openRecovered(member, 2)) {
            Revision now = third.table(NOTES).put("e", "4");
            assertThat(now.epoch()).isEqualTo(4);
            assertThat(Stream.of(kept, cut, keptLater, cutLater, now)
                            .map(each -> third.cluster().fateOf(each).kind()))
                    .containsExactly(Fate.Kind.KEPT, Fate.Kind.LOST, Fate.Kind.KEPT, Fate.Kind.LOST, Fate.Kind.KEPT);
            Revision takenBack = new Revision(2, 5, cut.position());
            assertThat(third.cluster().fateOf(takenBack).kind()).isEqualTo(Fate.Kind.LOST);
            Revision future = new Revision(5, 99, now.position());
            assertThat(third.cluster().fateOf(future).kind()).isEqualTo(Fate.Kind.UNKNOWN);
            assertThat(third.table(NOTES).get("c")).contains("3");
            assertThat(third.table(NOTES).get("d")).isEmpty();
        }
    }

    /** An epoch that was started, and used for nothing, before it was taken back. */
    @Test
    void anEpochThatWasTakenBackIsABranch() {
        Path member = temporary.resolve("member");
        written(member, "a");
        RecoveryPlan plan = Recovery.of(Source.directory(member)).survey().plan(PlanOptions.DEFAULT);
        plan.apply(Consent.to(plan));
        CutMember.openRecovered(member, 1).close();
        Recovery.undo(member);

        Branch branch = CutMember.only(member);

        assertThat(branch.facts().kind()).isEqualTo(Kind.TAKEN_BACK);
        assertThat(branch.facts().transactions()).isZero();
        assertThat(branch.facts().entries()).isPositive();
        assertThat(branch.place()).contains("epoch-000002.taken-back");
        try (MetaStore store = MetaStore.open(member)) {
            assertThat(branch.repropose(store, Resolver.UNCHANGED).applied()).isZero();
        }
    }

    @Test
    void damageLeavesWhatCanBeRead() throws IOException {
        Path member = temporary.resolve("member");
        List<Revision> first = written(member, "a", "b", "unmistakable", "d");
        Revision damaged = first.get(2);
        CutMember.cutBehind(member, first.get(0));
        Path segment = Path.of(CutMember.only(member).place(), "log_inprogress_0");
        byte[] bytes = Files.readAllBytes(segment);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("unmistakable");
        bytes[at] ^= 1;
        Files.write(segment, bytes);
        Map<String, Integer> before = Trees.photo(member);

        Branch branch = CutMember.only(member);

        assertThat(branch.facts().last().index()).isEqualTo(damaged.position().index() - 1);
        assertThat(branch.facts().damage().orElse("")).contains("CHECKSUM");
        assertThat(branch.transactions()).hasSize(1);
        Path file = temporary.resolve("branch.jsonl");
        branch.export(file);
        assertThat(Branch.load(file).facts()).isEqualTo(branch.facts());
        assertThat(Recovery.branches(temporary.resolve("nowhere")).undecided()).hasSize(1);
        assertThat(Trees.photo(member)).isEqualTo(before);
    }
}
