package io.metastore.recovery.branch;

import static io.metastore.recovery.branch.CutMember.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Check;
import io.metastore.api.Codecs;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Entry;
import io.metastore.api.Fate;
import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.branch.BranchFacts.Kind;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a real journal is cut by a recovery, found, read, exported, and proposed again. */
class ReproposalTest {
    private static final TableDef<String, Long> COUNTS = TableDef.of("counts", Codecs.utf8(), Codecs.int64());

    @TempDir
    Path temporary;

    private Path member() {
        return temporary.resolve("member");
    }

    @Test
    void whatWasCutIsKeptFoundAndComesBackOnce() throws IOException {
        Revision kept;
        List<Revision> cut = new ArrayList<>();
        MetaStore first = MetaStore.open(member());
        try {
            Table<String, String> notes = first.table(NOTES);
            notes.put("stays", "1");
            notes.put("goes", "1");
            notes.put("contested", "1");
            kept = notes.put("last", "1");
            assertThat(first.cluster().fateOf(kept).kind()).isEqualTo(Fate.Kind.KEPT);
            cut.add(notes.put("new", "2"));
            cut.add(notes.remove("goes").revision());
            cut.add(notes.put("contested", "2"));
            cut.add(first.table(COUNTS).put("n", 1L)); // Its table is registered in the branch.
            cut.add(first.update(
                    tx -> tx.in(COUNTS).put("n", tx.in(COUNTS).get("n").orElseThrow() + 1)));
            cut.add(first.apply(Batch.when(Check.version(NOTES, "last", 1)).then(Op.put(NOTES, "last", "2")))
                    .revision());
            first.ids("numbers").next();
        } finally {
            SimulatedNetwork.kill(first);
        }
        CutMember.cutBehind(member(), kept);
        Map<String, Integer> before = Trees.photo(member());
        Branch branch = CutMember.only(member());
        assertThat(branch.facts().kind()).isEqualTo(Kind.CUT_TAIL);
        assertThat(branch.facts().tip()).isEqualTo(kept.position());
        assertThat(branch.facts().first().index()).isEqualTo(kept.position().index() + 1);
        assertThat(branch.facts().exact()).isTrue();
        assertThat(branch.toString()).contains("CUT_TAIL of epoch 1 at single@", "epoch 2 went on from");
        assertThat(branch.transactions().toString()).contains("put notes[\"new\"] = \"2\"", "remove notes[\"goes\"]");
        Path file = temporary.resolve("branch.jsonl");
        branch.export(file);
        Branch loaded = Branch.load(file);
        assertThat(loaded.facts()).isEqualTo(branch.facts());
        assertThat(loaded.transactions().toString())
                .isEqualTo(branch.transactions().toString());
        assertThat(Trees.photo(member())).isEqualTo(before);

        try (MetaStore store = CutMember.openRecovered(member(), 1)) {
            assertThat(store.cluster().fateOf(kept).kind()).isEqualTo(Fate.Kind.KEPT);
            for (Revision each : cut) {
                assertThat(store.cluster().fateOf(each).kind()).isEqualTo(Fate.Kind.LOST);
            }
            Table<String, String> notes = store.table(NOTES);
            notes.put("contested", "by others");
            Revision later = notes.put("in", "epoch 2");
            assertThat(later.epoch()).isEqualTo(2);
            assertThat(store.cluster().fateOf(later).kind()).isEqualTo(Fate.Kind.KEPT);

            Reproposal done = branch.repropose(store, Resolver.UNCHANGED);

            assertThat(done.skipped())
                    .extracting(each -> each.transaction().content().toString() + " | " + each.reason())
                    .anyMatch(line -> line.startsWith("put notes[\"contested\"]") && line.contains("changed since"))
                    .anyMatch(line -> line.startsWith("take 1 of sequence"))
                    .hasSize(2);
            assertThat(notes.get("new")).contains("2");
            assertThat(notes.get("goes")).isEmpty();
            assertThat(notes.get("contested")).contains("by others");
            assertThat(notes.get("last")).contains("2");
            assertThat(store.table(COUNTS).get("n")).contains(2L);

            Reproposal again = loaded.repropose(store, Resolver.UNCHANGED);
            assertThat(again.applied()).isZero();
            assertThat(again.appliedBefore()).isEqualTo(done.applied());
            assertThat(again.skipped()).hasSize(2);
            assertThat(version(store, "new")).isEqualTo(1);

            // and with a resolver of the application
            Reproposal merged = branch.with(NOTES)
                    .repropose(
                            store,
                            proposal -> proposal.changes().stream().anyMatch(change -> change.since() == Since.CHANGED)
                                    ? Decision.replaceWith(Op.put(
                                            NOTES,
                                            "contested",
                                            proposal.current(NOTES, "contested")
                                                            .orElseThrow()
                                                            .value()
                                                    + " and 2"))
                                    : Decision.stop("enough"));
            assertThat(merged.replaced()).isEqualTo(1);
            assertThat(merged.stopped().orElse("")).contains("enough");
            assertThat(notes.get("contested")).contains("by others and 2");
        }
    }

    @Test
    void nothingIsAppliedTwiceWhereverItIsCutOff() {
        Revision kept;
        int writes = 5;
        MetaStore first = MetaStore.open(member());
        try {
            kept = first.table(NOTES).put("before", "1");
            for (int i = 0; i < writes; i++) {
                first.update(
                        tx -> tx.in(NOTES).put("sum", tx.in(NOTES).get("sum").orElse("") + "x"));
            }
        } finally {
            SimulatedNetwork.kill(first);
        }
        CutMember.cutBehind(member(), kept);
        Branch branch = CutMember.only(member());
        int killed = 0;
        for (int round = 0; round < writes; round++) {
            boolean beforeTheWrite = round % 2 == 0;
            MetaStore store = CutMember.openRecovered(member(), 1);
            AtomicReference<@Nullable Thread> killer = new AtomicReference<>();
            try {
                branch.repropose(store, proposal -> {
                    if (proposal.changes().get(0).since() != Since.UNCHANGED && killer.get() == null) {
                        Thread kill = new Thread(() -> SimulatedNetwork.kill(store), "killer");
                        killer.set(kill);
                        kill.start();
                        if (beforeTheWrite) {
                            join(kill);
                        }
                    }
                    return Resolver.UNCHANGED.decide(proposal);
                });
            } catch (RuntimeException e) {
                killed++;
            } finally {
                SimulatedNetwork.kill(store);
                join(killer.get());
            }
        }
        assertThat(killed).as("kills in the middle").isPositive();
        try (MetaStore store = CutMember.openRecovered(member(), 1)) {
            Reproposal last = branch.repropose(store, Resolver.UNCHANGED);
            assertThat(last.appliedBefore() + last.applied()).isEqualTo(writes);
            assertThat(store.table(NOTES).get("sum")).contains("x".repeat(writes));
            assertThat(version(store, "sum")).isEqualTo(writes);
        }
    }

    /** What was proposed again is cut by the next recovery: it is in two branches then, and comes back once, whichever is first. */
    @Test
    void whatWasProposedAgainAndCutAgainComesBackOnce() {
        for (boolean oldestFirst : List.of(true, false)) {
            Path member = temporary.resolve("member-" + oldestFirst);
            Revision kept;
            MetaStore first = MetaStore.open(member);
            try {
                kept = first.table(NOTES).put("a", "1");
                first.table(NOTES).put("b", "1");
            } finally {
                SimulatedNetwork.kill(first);
            }
            CutMember.cutBehind(member, kept);
            Branch oldest = CutMember.only(member);
            MetaStore second = CutMember.openRecovered(member, 1);
            Revision keptAgain;
            try {
                keptAgain = second.table(NOTES).put("c", "2");
                assertThat(oldest.repropose(second, Resolver.UNCHANGED).applied())
                        .isEqualTo(1);
            } finally {
                SimulatedNetwork.kill(second);
            }
            CutMember.cutBehind(member, keptAgain);
            List<Branch> branches = Recovery.branches(member).list();
            assertThat(branches).hasSize(2);
            Branch newest = branches.get(1);
            assertThat(newest.facts().transactions())
                    .as("%s", newest.transactions())
                    .isEqualTo(1);
            assertThat(newest.facts().changes()).isEqualTo(1);
            try (MetaStore third = CutMember.openRecovered(member, 2)) {
                assertThat(third.table(NOTES).get("b")).isEmpty();
                Reproposal one = (oldestFirst ? oldest : newest).repropose(third, Resolver.UNCHANGED);
                Reproposal other = (oldestFirst ? newest : oldest).repropose(third, Resolver.UNCHANGED);
                assertThat(one.applied()).as("%s", one).isEqualTo(1);
                assertThat(other.applied()).as("%s", other).isZero();
                assertThat(third.table(NOTES).get("b")).contains("1");
                assertThat(version(third, "b")).isEqualTo(1);
            }
        }
    }

    /** As when a proposer that outlived the recovery had sent its batches again. */
    @Test
    void whatTheHistoryHasAlreadyIsNotProposed() {
        Revision last;
        MetaStore first = MetaStore.open(member());
        try {
            last = first.table(NOTES).put("a", "1");
            first.table(NOTES).put("b", "1");
            last = first.table(NOTES).put("b", "2");
        } finally {
            SimulatedNetwork.kill(first);
        }
        RecoveryPlan plan = CutMember.cutBehind(member(), last);
        JournalPlace journal = JournalInspector.places(member()).get(0);
        Branch branch = new Branch(
                new BranchFacts(
                        Kind.OTHER_COPY,
                        plan.target().cluster(),
                        1,
                        "other@1",
                        new UUID(1, 1),
                        2,
                        last.position(),
                        LogPosition.NONE,
                        last.position(),
                        0,
                        0,
                        0,
                        true,
                        Optional.empty()),
                new JournalEntries(journal, 0),
                BranchEntries.Definitions.NONE);
        try (MetaStore store = CutMember.openRecovered(member(), 1)) {
            Reproposal done = branch.repropose(store, proposal -> Decision.apply());

            assertThat(done.inHistory()).isEqualTo(branch.transactions().size());
            assertThat(done.applied()).isZero();
            assertThat(version(store, "b")).isEqualTo(2);
        }
    }

    @Test
    void othersWriteTheSameKeysMeanwhile() {
        Revision kept;
        MetaStore first = MetaStore.open(member());
        try {
            kept = first.table(NOTES).put("a", "1");
            first.table(NOTES).put("a", "2");
            first.table(NOTES).remove("a");
            first.table(NOTES).put("b", "2");
        } finally {
            SimulatedNetwork.kill(first);
        }
        CutMember.cutBehind(member(), kept);
        Branch branch = CutMember.only(member());
        try (MetaStore store = CutMember.openRecovered(member(), 1)) {
            int[] asked = {0};
            Reproposal done = branch.repropose(store, proposal -> {
                if (asked[0]++ == 0) {
                    assertThat(Resolver.UNCHANGED.decide(proposal)).isInstanceOf(Decision.Apply.class);
                    store.table(NOTES).put("a", "by others"); // After it was looked at.
                    return Decision.apply();
                }
                return Resolver.UNCHANGED.decide(proposal);
            });
            assertThat(asked[0]).isEqualTo(4);
            assertThat(done.applied()).isEqualTo(1);
            assertThat(done.skipped()).hasSize(2);
            assertThat(done.skipped().get(0).reason()).contains("changed since");
            assertThat(done.skipped().get(1).reason()).contains("goes on from a transaction that was skipped");
            assertThat(store.table(NOTES).get("a")).contains("by others");
            // one that was removed since is changed, too
            store.table(NOTES).remove("a");
            Reproposal later = branch.repropose(store, Resolver.UNCHANGED);
            assertThat(later.skipped().get(0).reason()).contains("changed since", "now absent");
        }
        try (MetaStore stranger = MetaStore.open(temporary.resolve("stranger"))) {
            assertThatThrownBy(() -> branch.repropose(stranger, Resolver.UNCHANGED))
                    .isInstanceOf(RecoveryRefusedException.class)
                    .hasMessageContaining("not of the store's cluster");
        }
    }

    @Test
    void anExportThatWasChangedIsRefused() throws IOException {
        Revision kept;
        MetaStore first = MetaStore.open(member());
        try {
            kept = first.table(NOTES).put("a", "1");
            first.apply(Batch.of(Op.put(NOTES, "b", "ü"), Op.remove(NOTES, "a")));
            first.table(NOTES).removeRange(Range.prefix("b"));
        } finally {
            SimulatedNetwork.kill(first);
        }
        CutMember.cutBehind(member(), kept);
        Path file = temporary.resolve("branch.jsonl");
        CutMember.only(member()).export(file);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> Branch.load(file)).as("byte %d", i).isInstanceOf(CorruptStateException.class);
        }
        Files.write(file, Arrays.copyOf(good, good.length / 2));
        assertThatThrownBy(() -> Branch.load(file)).isInstanceOf(CorruptStateException.class);
        Files.write(file, good);
        assertThat(Branch.load(file).transactions()).hasSize(2);
    }

    private static void join(@Nullable Thread thread) {
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long version(MetaStore store, String key) {
        Entry<String, String> entry = store.table(NOTES).getEntry(key).orElseThrow();
        return entry.version();
    }
}
