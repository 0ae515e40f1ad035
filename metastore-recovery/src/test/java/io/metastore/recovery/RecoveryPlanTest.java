package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.MemberStatus;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.recovery.survey.Finding;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters of which a majority is lost, recovered from what is left, by people and by programs. */
class RecoveryPlanTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void twoOfThreeDirectoriesProveThatNothingIsLost() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 20);
            cluster.members().forEach(TestMember::kill);
            TestMember one = cluster.member("fe1");
            TestMember two = cluster.member("fe2");

            RecoveryResult result = Recovery.of(source(one), source(two)).recover();

            assertThat(result.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(result.report()).contains("epoch 2 begins", "PROVEN_NONE", "sealed");
            TestMember survivor = result.directory().equals(one.directory()) ? one : two;
            TestMember sealed = survivor == one ? two : one;
            refused(Reason.SEALED, sealed::restart);
            survivor.restart();
            awaitLeading(survivor);
            for (int i = 0; i < 20; i++) {
                assertThat(survivor.table(NOTES).get("a" + i)).contains("value " + i);
            }
            load(survivor, "b", 5);
            // the one that was sealed comes back as another incarnation
            sealed.wipe().joining(builder -> builder.join(survivor.address()));
            var adding = survivor.store().cluster().addVoter(sealed.name(), sealed.address());
            sealed.restart();
            adding.await(PATIENCE);
            assertThat(sealed.table(NOTES).get("b4")).contains("value 4");
        }
    }

    @Test
    void survivorMayBeStartedElsewhereAndTheOthersFindItThere() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            cluster.members().forEach(TestMember::kill);
            TestMember one = cluster.member("fe1");
            TestMember two = cluster.member("fe2");
            RecoveryResult result = Recovery.of(source(one), source(two)).recover();
            TestMember survivor = result.directory().equals(one.directory()) ? one : two;
            TestMember sealed = survivor == one ? two : one;

            survivor.at(cluster.newAddress(survivor.name())).restart();

            awaitLeading(survivor);
            load(survivor, "b", 5);
            sealed.joining(builder -> builder.rejoin().join(survivor.address())).restart();
            Awaitility.await().atMost(PATIENCE).until(() -> sealed.table(NOTES)
                    .reading(ReadMode.local())
                    .get("b4")
                    .isPresent());
            // It has entries before the one that makes it a member is committed.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            survivor.store().cluster().members())
                    .extracting(MemberStatus::address)
                    .contains(survivor.address(), sealed.address()));
        }
    }

    @Test
    void oneOfThreeNeedsConsentToExactlyThatPlan() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), "a", 5));
            cluster.members().forEach(TestMember::kill);
            TestMember survivor = cluster.member("fe3");
            Recovery recovery = Recovery.of(source(survivor));

            assertThatThrownBy(recovery::recover)
                    .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.LOSS_POSSIBLE))
                    .hasMessageContaining("UNBOUNDED")
                    .hasMessageContaining("digest: ");
            RecoveryPlan plan = recovery.survey().plan(PlanOptions.DEFAULT.because("ann", "fe1 and fe2 burnt"));
            refused(
                    Reason.OTHER_PLAN,
                    () -> plan.apply(Consent.to(recovery.survey().plan())));
            assertThat(plan.missing()).hasSize(2);
            assertThat(plan.toString()).contains("fe1 and fe2 burnt", "UNBOUNDED", "missing: [fe1@", "risks:");

            plan.apply(Consent.toDigest(plan.digest()));

            survivor.restart();
            awaitLeading(survivor);
            assertThat(survivor.table(NOTES).get("a4")).contains("value 4");
            Awaitility.await().atMost(PATIENCE).until(() -> survivor.store().cluster().lineage().stream()
                    .anyMatch(each ->
                            each.why().equals("fe1 and fe2 burnt") && each.by().equals("ann")));
        }
    }

    @Test
    void membersThatRunAreInTheWay() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            cluster.member("fe1").kill();
            cluster.member("fe2").kill();
            Recovery recovery = Recovery.of(source(cluster.member("fe1")), source(cluster.member("fe3")));
            RecoveryPlan plan = recovery.survey().plan();

            assertThatThrownBy(() -> plan.apply(Consent.to(plan))).isInstanceOf(DirectoryInUseException.class);

            cluster.member("fe1").restart();
            cluster.member("fe2").restart();
            load(cluster.leader(), "b", 5);
            cluster.members().forEach(TestMember::kill);
            refused(Reason.CHANGED_SINCE, () -> plan.apply(Consent.to(plan)));
            cluster.members().forEach(TestMember::restart);
            cluster.awaitApplied(load(cluster.leader(), "c", 5));
            cluster.assertConverged();
        }
    }

    @Test
    void nothingIsSealedWhenTheTargetHasChanged() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            cluster.members().forEach(TestMember::stop);
            RecoveryPlan plan = Recovery.of(source(cluster.member("fe1")), source(cluster.member("fe2")))
                    .survey()
                    .plan();
            boolean first =
                    plan.target().directory().equals(cluster.member("fe1").directory());
            TestMember target = cluster.member(first ? "fe1" : "fe2");
            TestMember other = cluster.member(first ? "fe2" : "fe1");
            target.restart();
            cluster.member("fe3").restart();
            load(cluster.leader(), "b", 5);
            cluster.running().forEach(TestMember::stop);

            refused(Reason.CHANGED_SINCE, () -> plan.apply(Consent.to(plan)));

            other.restart();
            target.restart();
            cluster.awaitApplied(load(cluster.leader(), "c", 5));
        }
    }

    @Test
    void sourceThatIsNotThereMustBeSkippedByName(@TempDir Path nowhere) {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            cluster.members().forEach(TestMember::kill);
            Recovery recovery = Recovery.of(
                    source(cluster.member("fe1")),
                    source(cluster.member("fe2")),
                    Source.directory(nowhere.resolve("unmounted")).labelled("fe3"));

            refused(Reason.SOURCE_SILENT, () -> recovery.survey().plan());

            RecoveryPlan plan = recovery.survey().plan(PlanOptions.DEFAULT.skip("fe3"));
            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(plan.risks()).anyMatch(risk -> risk.contains("fe3 was skipped"));
        }
    }

    @Test
    void takingLessIsALossThatIsSaid() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 20);
            cluster.members().forEach(TestMember::stop);
            Survey survey = Recovery.of(source(cluster.member("fe1")), source(cluster.member("fe2")))
                    .survey();
            assertThat(survey.whatIf("fe2").verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
            assertThatThrownBy(() -> survey.whatIf("fe9")).hasMessageContaining("fe9");
            long last = survey.plan().target().last().index();

            RecoveryPlan cut = survey.plan(PlanOptions.DEFAULT.tail(Tail.cutAt(last - 3)));

            assertThat(cut.verdict().kind()).isEqualTo(Verdict.Kind.BOUNDED);
            assertThat(cut.verdict().firstAtRisk()).isEqualTo(last - 2);
            assertThat(cut.verdict().lastAtRisk()).isEqualTo(last);
            RecoveryResult result = cut.apply(Consent.to(cut));
            TestMember survivor = cluster.members().stream()
                    .filter(each -> each.directory().equals(result.directory()))
                    .findFirst()
                    .orElseThrow();
            survivor.restart();
            awaitLeading(survivor);
            assertThat(survivor.table(NOTES).get("a0")).contains("value 0");
            assertThat(survivor.table(NOTES).get("a19")).isEmpty();
        }
    }

    @Test
    void everythingIsTakenBackAtOnce() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            cluster.members().forEach(TestMember::kill);
            RecoveryPlan plan = Recovery.of(cluster.members().stream()
                            .map(RecoveryPlanTest::source)
                            .toArray(Source[]::new))
                    .survey()
                    .plan();
            plan.apply(Consent.to(plan));
            plan.apply(Consent.to(plan)); // Nothing is left to do.
            Survey after = Recovery.of(cluster.members().stream()
                            .map(RecoveryPlanTest::source)
                            .toArray(Source[]::new))
                    .survey();
            assertThat(after.copies().stream()
                            .filter(copy ->
                                    copy.findings().stream().anyMatch(each -> each.kind() == Finding.Kind.SEALED))
                            .count())
                    .as("%s", after)
                    .isEqualTo(2);
            assertThat(after.diagnose().candidates().get(0).epoch()).isEqualTo(2);
            Path[] others =
                    plan.others().stream().map(RecoveryPlan.Other::directory).toArray(Path[]::new);
            refused(Reason.CANNOT_ABORT, () -> Recovery.abort(plan.target().directory(), others));

            Recovery.undo(plan.target().directory(), others);

            refused(Reason.NOTHING_UNDER_WAY, () -> Recovery.undo(plan.target().directory(), others));
            cluster.members().forEach(TestMember::restart);
            cluster.awaitApplied(load(cluster.leader(), "b", 5));
            cluster.assertConverged();
        }
    }

    @Test
    void rehearsalShowsTheResultAndTouchesNothing() throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), "a", 10));
            cluster.member("fe1").store().checkpoints().create();
            cluster.members().forEach(TestMember::stop);
            RecoveryPlan plan =
                    Recovery.of(source(cluster.member("fe1"))).survey().plan();
            Map<String, Integer> before = Trees.photo(cluster.root());
            AtomicBoolean looked = new AtomicBoolean();

            RehearsalResult result = plan.rehearse(builder -> builder, store -> {
                assertThat(store.table(NOTES).get("a9")).contains("value 9");
                store.table(NOTES).put("a9", "overwritten");
                looked.set(true);
            });

            assertThat(looked).isTrue();
            assertThat(result.epoch()).isEqualTo(2);
            assertThat(result.revision().number()).isPositive();
            assertThat(Trees.photo(cluster.root())).isEqualTo(before);
            AssertionError wrong = new AssertionError("as planned");
            assertThatThrownBy(() -> plan.rehearse(builder -> builder, store -> {
                        throw wrong;
                    }))
                    .isSameAs(wrong);
            assertThat(Trees.photo(cluster.root())).isEqualTo(before);
            // and the real one after that
            plan.apply(Consent.to(plan));
            cluster.member("fe1").restart();
            awaitLeading(cluster.member("fe1"));
            assertThat(cluster.member("fe1").table(NOTES).get("a9")).contains("value 9");
        }
    }

    private static Source source(TestMember member) {
        return Source.directory(member.directory()).labelled(member.name());
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }

    private static Revision load(TestMember member, String prefix, int count) {
        Table<String, String> notes = member.table(NOTES);
        Revision last = Revision.NONE;
        for (int i = 0; i < count; i++) {
            last = notes.put(prefix + i, "value " + i);
        }
        return last;
    }

    private static void awaitLeading(TestMember member) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.probe().leads());
    }
}
