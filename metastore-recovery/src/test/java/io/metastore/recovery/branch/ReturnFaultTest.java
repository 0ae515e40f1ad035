package io.metastore.recovery.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.EpochEntrance;
import io.metastore.recovery.Consent;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Source;
import io.metastore.recovery.internal.reset.DirectoryFaults;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The directory of a former leader that was left behind with a write nobody else has is sealed, keeps that as a branch, and enters the next epoch as another incarnation;
 * with each file operation failing, and ending the process, in turn; then the power is lost as well.
 */
class ReturnFaultTest extends DirectoryFaults {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final UUID AGAIN = new UUID(1, 1);
    private static final String KEPT = "stores/main/branches/epoch-000001.jsonl";

    private static Path given;
    private static EpochEnd end;
    private static Membership entered;
    private static LogPosition last;

    /** All of the branch, as it is when nothing goes wrong. */
    private byte[] branch;

    ReturnFaultTest() {
        super(8);
    }

    @BeforeAll
    static void leaveBehind(@TempDir Path place) throws IOException {
        given = place.toRealPath().resolve("given");
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(cluster.leader().table(CutMember.NOTES).put("shared", "1"));
            TestMember old = cluster.leader().isolate();
            MetaStore cutOff = old.store().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> cutOff.table(CutMember.NOTES).put("lost", "alone"))
                    .isInstanceOf(MetastoreException.class);
            List<TestMember> others =
                    cluster.members().stream().filter(each -> each != old).toList();
            Awaitility.await().atMost(PATIENCE).until(() -> others.stream()
                    .anyMatch(each -> each.probe().leads()));
            others.stream().filter(each -> each.probe().leads()).forEach(each -> each.table(CutMember.NOTES)
                    .put("won", "2"));
            cluster.members().forEach(TestMember::kill);
            RecoveryPlan plan = Recovery.of(others.stream()
                            .map(each -> Source.directory(each.directory()))
                            .toArray(Source[]::new))
                    .survey()
                    .plan();
            plan.apply(Consent.to(plan));
            try (EpochSuccession went =
                    EpochSuccession.open(new DiskFileLayer(), plan.target().directory())) {
                Genesis genesis = went.genesis().orElseThrow();
                end = new EpochEnd(genesis.recovery(), 1, genesis.epoch(), genesis.tip(), genesis.terms());
                entered = new Membership(2, false, -1, went.membership().members());
            }
            Trees.copy(old.directory(), given);
        }
        JournalScan scan = trim(given, entry -> {});
        last = scan.last();
        assertThat(last.index()).isGreaterThan(3);
    }

    @BeforeEach
    void untouched(@TempDir Path place) throws IOException {
        temporary = place.toRealPath();
        old = Trees.photo(given.resolve(OLD));
        Path base = prepare(given);
        apply(new DiskFileLayer(), base);
        made = Trees.photo(base.resolve(NEW));
        branch = Files.readAllBytes(base.resolve(KEPT));
    }

    @Override
    protected boolean apply(FileLayer files, Path base) {
        comeBack(files, base);
        return true;
    }

    /** What a member does with its directory that hears of the epoch in which it is left behind and is let in; which it asks for in between. */
    private static void comeBack(FileLayer files, Path base) {
        try (EpochSuccession succession = EpochSuccession.open(files, base)) {
            if (succession.seal().filter(seal -> seal.forbids(1)).isEmpty()) {
                succession.seal(new Seal(
                        end.recovery(),
                        1,
                        end.next(),
                        Seal.State.SEALED,
                        end.tip(),
                        Instant.parse("2026-01-02T03:04:05Z")));
            }
            EpochEntrance.run(succession, succession.identity().anew(AGAIN), entered, List.of(end));
        }
    }

    @Test
    void directoryIsWhollyOldOrWhollyNewAndTheBranchIsKeptBeforeWhateverOperationGoesWrong() throws IOException {
        assertThat(made).containsKey("membership").doesNotContainKey("GENESIS");
        assertThat(Branch.load(write(branch)).transactions()).hasSize(1);

        int opened = enumerate("return", given, this::apply, this::checkReturned);

        assertThat(opened).isPositive();
    }

    private void checkReturned(Path base, String what, Map<String, Integer> expected) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).as(what).isEqualTo(old);
        boolean kept = Files.exists(base.resolve(KEPT));
        boolean done = epoch(base) == 2;
        if (kept) {
            assertThat(Files.readAllBytes(base.resolve(KEPT))).as(what).isEqualTo(branch);
        }
        if (done) {
            checkNew(base, what, expected);
            assertThat(kept).as("the branch is there, %s", what).isTrue();
        } else {
            checkOld(base, what);
            comeBack(new DiskFileLayer(), base);
            checkNew(base, "again, after " + what, made);
            assertThat(Files.readAllBytes(base.resolve(KEPT)))
                    .as("again, after " + what)
                    .isEqualTo(branch);
            assertThat(Trees.photo(base.resolve(OLD)))
                    .as("again, after " + what)
                    .isEqualTo(old);
        }
    }

    /** It is the former member, or of the other incarnation and sealed, so that it asks again. */
    private static void checkOld(Path base, String what) {
        DirectoryInspection found = DirectoryInspection.of(new DiskFileLayer(), base);
        assertThat(found.epoch()).as(what).contains(1L);
        boolean changed = found.self().orElseThrow().incarnation().equals(AGAIN);
        boolean sealed = found.seal().filter(seal -> seal.forbids(1)).isPresent();
        assertThat(!changed || sealed).as(what).isTrue();
    }

    private static void checkNew(Path base, String what, Map<String, Integer> expected) throws IOException {
        assertThat(settled(base)).as(what).isEqualTo(expected);
        DirectoryInspection found = DirectoryInspection.of(new DiskFileLayer(), base);
        assertThat(found.flaws()).as(what).isEmpty();
        assertThat(found.epoch()).as(what).contains(2L);
        assertThat(found.self().orElseThrow().incarnation()).as(what).isEqualTo(AGAIN);
        assertThat(found.self().orElseThrow().role()).as(what).isEqualTo(MemberRole.OBSERVER);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(temporary.resolve("branch.jsonl"), bytes);
    }

    /** No directory of the member that went on is needed to list it, nor the journal. */
    @Test
    void whatWasKeptIsListedAlone() throws IOException {
        Path base = prepare(given);
        apply(new DiskFileLayer(), base);

        Branches beside = Recovery.branches(base);
        Trees.delete(base.resolve(OLD));
        Branches alone = Recovery.branches(base);

        for (Branches found : List.of(beside, alone)) {
            assertThat(found.undecided()).isEmpty();
            assertThat(found.list()).as("%s", found).hasSize(1);
            BranchFacts facts = found.list().get(0).facts();
            assertThat(facts.kind()).isEqualTo(BranchFacts.Kind.OTHER_COPY);
            assertThat(facts.recovery()).isEqualTo(end.recovery());
            assertThat(facts.member()).doesNotContain(AGAIN.toString()).contains("@");
            assertThat(facts.last()).isEqualTo(last);
            assertThat(facts.exact()).isTrue();
            assertThat(facts.damage()).isEmpty();
            assertThat(found.list().get(0).place()).endsWith(KEPT);
            assertThat(found.list().get(0).transactions()).hasSize(1);
        }
        Files.writeString(base.resolve(KEPT), "x");
        assertThat(Recovery.branches(base).undecided().toString()).contains("a branch that was kept cannot be read");
    }

    @Test
    void holdsNoMoreThanThereIsRoomForAndSaysSo() throws IOException {
        Path base = prepare(given);
        LogPosition begins = terms(base).get(0);
        EpochEnd early = new EpochEnd(end.recovery(), 1, 2, new LogPosition(begins.term(), 1), List.of(begins));
        List<String> lines;
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            new BranchExport().keep(succession, early);
            lines = Files.readAllLines(base.resolve(KEPT));
        }
        int entries = lines.size() - 2;
        assertThat(entries).isGreaterThan(1);
        int first = lines.get(1).length() + 1;
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(new BranchExport(first).keep(succession, early)).contains(KEPT, "ends early");
            BranchFacts facts = Branch.load(base.resolve(KEPT)).facts();
            assertThat(facts.entries()).isEqualTo(1);
            assertThat(facts.last()).isEqualTo(facts.first());
            assertThat(facts.damage().orElseThrow())
                    .contains((entries - 1) + " entries more are not in this file", "epoch-000001");
            assertThat(Files.size(base.resolve(KEPT))).isLessThan(first + 2_000L);

            assertThat(new BranchExport(first - 1).keep(succession, early))
                    .startsWith("not exported: " + entries + " entries");
        }
    }

    private static List<LogPosition> terms(Path base) throws IOException {
        return trim(base, entry -> {}).terms().stream()
                .map(run -> new LogPosition(run.term(), run.first()))
                .toList();
    }

    @Test
    void whatWasTakenOverWholeLeavesNoFileAndWhatCannotBeToldSaysSo() throws IOException {
        Path base = prepare(given);
        EpochEnd all = new EpochEnd(end.recovery(), 1, 2, last, terms(base));
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(new BranchExport().keep(succession, all)).isEmpty();
            assertThat(base.resolve(KEPT)).doesNotExist();
            EpochEnd unknown = new EpochEnd(end.recovery(), 1, 2, end.tip(), List.of());
            assertThat(new BranchExport().keep(succession, unknown)).contains("is not known any more", "epoch-000001");
            LogPosition later = new LogPosition(end.tip().term() + 90, last.index() + 5);
            EpochEnd purged = new EpochEnd(end.recovery(), 1, 2, later, List.of(later));
            assertThat(new BranchExport().keep(succession, purged)).contains("ends before what is known");
            assertThat(EpochEnd.of(end.line())).isEqualTo(end);
            assertThat(EpochEnd.of(unknown.line())).isEqualTo(unknown);
            assertThatThrownBy(() -> EpochEnd.of(end.line() + " x")).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
