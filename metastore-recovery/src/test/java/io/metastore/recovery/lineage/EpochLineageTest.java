package io.metastore.recovery.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.EpochBeginning;
import io.metastore.api.KeptBranch;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.StoreStatus;
import io.metastore.api.TableDef;
import io.metastore.recovery.Consent;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Source;
import io.metastore.recovery.Tail;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.BranchFacts;
import io.metastore.recovery.branch.OwnBranches;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the directory of a member that was recovered twice, once with less than it had, says of its epochs; and what it says when most of it is gone. */
class EpochLineageTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    static Path before;

    private static List<EpochBeginning> recorded = List.of();

    @TempDir
    Path temporary;

    private Path member = Path.of("");

    @BeforeAll
    static void recoverTwice() {
        Path directory = before.resolve("member");
        Revision kept;
        try (MetaStore store = MetaStore.open(directory)) {
            kept = store.table(NOTES).put("a", "1");
            store.table(NOTES).put("lost", "2");
        }
        recover(directory, "the first time", Tail.cutAt(kept.position().index()));
        try (MetaStore store = MetaStore.open(directory)) {
            awaitBeginnings(store, 1);
            store.table(NOTES).put("b", "3");
        }
        recover(directory, "the second time", Tail.KEEP_ALL);
        try (MetaStore store = MetaStore.open(directory)) {
            awaitBeginnings(store, 2);
            recorded = store.cluster().lineage().stream()
                    .map(beginning -> beginning.withBranches(List.of()))
                    .toList();
            store.checkpoints().create();
        }
    }

    private static void recover(Path directory, String why, Tail tail) {
        RecoveryPlan plan = Recovery.of(Source.directory(directory))
                .survey()
                .plan(PlanOptions.DEFAULT.tail(tail).because("ann", why));
        plan.apply(Consent.to(plan));
    }

    private static void awaitBeginnings(MetaStore store, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> store.cluster().lineage().size() == count);
    }

    @BeforeEach
    void putThere() throws IOException {
        member = temporary.resolve("member");
        Trees.copy(before.resolve("member"), member);
    }

    private static List<EpochBeginning> beginnings(EpochLineage lineage) {
        return lineage.epochs().stream()
                .flatMap(epoch -> epoch.beginning().stream())
                .toList();
    }

    @Test
    void everyEpochIsExplainedWithWhatItLeftBehindAndNothingIsChanged() throws IOException {
        Map<String, Integer> photo = Trees.photo(member);

        EpochLineage lineage = Recovery.lineage(member);

        assertThat(Trees.photo(member)).isEqualTo(photo);
        assertThat(lineage.epochs()).extracting(InspectedEpoch::epoch).containsExactly(3L, 2L, 1L);
        assertThat(lineage.epochs()).extracting(InspectedEpoch::live).containsExactly(true, false, false);
        assertThat(beginnings(lineage)).isEqualTo(recorded);
        assertThat(recorded).extracting(EpochBeginning::why).containsExactly("the second time", "the first time");
        assertThat(lineage.epochs().get(0).branches()).isEmpty();
        assertThat(lineage.epochs().get(1).branches()).isEmpty();
        assertThat(lineage.epochs().get(2).branches()).hasSize(1);
        Branch cut = lineage.epochs().get(2).branches().get(0);
        assertThat(cut.facts().kind()).isEqualTo(BranchFacts.Kind.CUT_TAIL);
        assertThat(cut.facts().recovery()).isEqualTo(recorded.get(1).recovery());
        assertThat(cut.with(NOTES).transactions().toString()).contains("lost");
        assertThat(lineage.flaws()).isEmpty();
        assertThat(lineage.undecided()).isEmpty();
        assertThat(lineage.toTable()).contains("epoch 1 left behind: CUT_TAIL of epoch 1 at single@");
    }

    /** The beginnings are part of the state, and so of every image: no journal, no state and no former epoch is needed. */
    @Test
    void anImageAloneTellsHowAllEpochsBegan() throws IOException {
        Path store = member.resolve("stores/main");
        Trees.delete(store.resolve("epoch-000001"));
        Trees.delete(store.resolve("epoch-000002"));
        Trees.delete(store.resolve("epoch-000003/state"));
        Trees.delete(store.resolve("epoch-000003/journal"));
        Files.delete(store.resolve("epoch-000003/GENESIS"));

        EpochLineage lineage = Recovery.lineage(member);

        assertThat(beginnings(lineage)).isEqualTo(recorded);
        assertThat(lineage.epochs()).allMatch(InspectedEpoch::recorded);
        assertThat(lineage.epochs()).extracting(InspectedEpoch::here).containsExactly(true, false);
    }

    /** Read once, beside everything else: not again when somebody asks, and forgotten when somebody deletes it. */
    @Test
    void openStoreTellsWhatItsDirectoryKeeps() throws IOException {
        Branch cut = Recovery.branches(member).list().get(0);
        try (MetaStore store = MetaStore.open(member)) {
            assertThat(store.cluster().lineage())
                    .as("at every moment")
                    .extracting(beginning -> beginning.withBranches(List.of()))
                    .isEqualTo(recorded);
            awaitStatus(store, 1);
            StoreStatus status = store.status();
            assertThat(status.undecided()).isEmpty();
            KeptBranch kept = status.branches().get(0);
            assertThat(store.cluster().lineage())
                    .extracting(EpochBeginning::branches)
                    .containsExactly(List.of(), List.of(kept));
            assertThat(kept)
                    .isEqualTo(new KeptBranch(
                            KeptBranch.Kind.CUT_TAIL,
                            1,
                            cut.facts().member(),
                            recorded.get(1).recovery(),
                            2,
                            cut.facts().first(),
                            cut.facts().last(),
                            cut.facts().entries(),
                            1,
                            1,
                            true,
                            "",
                            "single",
                            member.toRealPath()
                                    .resolve(member.relativize(Path.of(cut.place())))
                                    .toString()));
            assertThat(status.toTable()).contains("left behind: CUT_TAIL of epoch 1 at single@", "kept by single in ");
            assertThat(status.toMap()).containsEntry("branches", List.of(kept.toMap()));

            Trees.delete(member.resolve("stores/main/epoch-000001"));

            awaitStatus(store, 0);
            assertThat(store.cluster().lineage()).isEqualTo(recorded);
        }
    }

    private static void awaitStatus(MetaStore store, int branches) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> store.status().branches().size() == branches
                        && store.status().undecided().isEmpty());
    }

    @Test
    void nobodyReadsOnForAStoreThatIsClosed() {
        assertThatThrownBy(() -> new OwnBranches().in(member, "single", List.of(), () -> true))
                .isInstanceOf(CancellationException.class);
    }

    /** As a member has it that came back. */
    @Test
    void whatWasKeptInAFileIsToldWhenItsEpochIsNotThereAnyMore() throws IOException {
        Path store = member.resolve("stores/main");
        Branch cut = Recovery.branches(member).list().get(0);
        Path kept = Files.createDirectory(store.resolve("branches")).resolve("epoch-000001.jsonl");
        cut.export(kept);
        Trees.delete(store.resolve("epoch-000001"));

        EpochLineage lineage = Recovery.lineage(member);

        InspectedEpoch first = lineage.epochs().get(2);
        assertThat(first.epoch()).isEqualTo(1);
        assertThat(first.here()).isFalse();
        assertThat(first.branches()).hasSize(1);
        assertThat(first.branches().get(0).place()).endsWith("epoch-000001.jsonl");
        assertThat(first.branches().get(0).facts()).isEqualTo(cut.facts());
        assertThat(lineage.toTable()).contains("1      not here", "epoch 1 left behind: CUT_TAIL");
        Files.writeString(kept, "x");
        assertThat(Recovery.lineage(member).undecided().toString()).contains("a branch that was kept cannot be read");
    }

    @Test
    void whatIsNoMembersDirectoryIsRefused() {
        assertThatThrownBy(() -> Recovery.lineage(temporary)).isInstanceOf(DirectoryMismatchException.class);
    }
}
