package io.metastore.recovery;

import static io.metastore.recovery.RealMembers.NAMES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.Image;
import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.internal.survey.JournalEnd;
import io.metastore.recovery.internal.survey.ReadingLayer;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.snapshot.files.MemberRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Surveys of what real members wrote. */
class SurveyTest {
    @TempDir
    Path temporary;

    private Path directory() {
        return temporary.resolve("meta");
    }

    /** A single member that has made an image, written on, and died. */
    private MemberProbe fill(int writes) {
        MetaStore store = MetaStore.open(directory());
        write(store, 0, writes);
        store.checkpoints().create();
        write(store, writes, 2 * writes);
        MemberProbe probe = MemberProbe.of(store);
        SimulatedNetwork.kill(store);
        return probe;
    }

    private static void write(MetaStore store, int from, int to) {
        Table<String, String> names = store.table(NAMES);
        for (int i = from; i < to; i++) {
            names.put("key" + i % 100, "value" + i);
        }
    }

    private static SurveyedCopy only(Survey survey) {
        assertThat(survey.copies()).hasSize(1);
        return survey.copies().get(0);
    }

    @Test
    void tellsAllOfAMemberThatDiedAndChangesNothing() {
        MemberProbe probe = fill(60);
        Map<Path, String> before = TreePhoto.of(directory());

        Survey survey = Recovery.of(Source.directory(directory())).survey();
        Survey full = Recovery.of(Source.directory(directory())).survey(Depth.FULL);

        assertThat(TreePhoto.of(directory())).isEqualTo(before);
        SurveyedCopy copy = only(survey);
        assertThat(copy.findings())
                .filteredOn(each -> each.kind() != Finding.Kind.TORN_TAIL)
                .isEmpty();
        assertThat(copy.complete()).isTrue();
        assertThat(copy.identity().member()).contains("single");
        assertThat(copy.identity().role()).contains(MemberRole.VOTER);
        assertThat(copy.identity().address()).contains("-");
        assertThat(copy.identity().store()).isEqualTo("main");
        assertThat(copy.identity().epoch()).contains(1L);
        assertThat(copy.last()).isEqualTo(probe.position());
        assertThat(copy.committed())
                .as("what the last entry says is committed")
                .isEqualTo(probe.position().index() - 1);
        assertThat(copy.vote().term()).isEqualTo(probe.term());
        assertThat(copy.vote().votedFor()).isIn("", copy.id().orElseThrow());
        assertThat(copy.journal().first()).isZero();
        assertThat(copy.journal().entries()).isEqualTo(probe.position().index() + 1);
        assertThat(copy.state().orElseThrow().position().index())
                .as("flushed with the image")
                .isBetween(60L, probe.position().index());
        assertThat(copy.images()).hasSize(1).allMatch(image -> image.sound() && !image.verified());
        assertThat(copy.memberships())
                .extracting(KnownMembership::origin)
                .contains(
                        KnownMembership.Origin.JOURNAL,
                        KnownMembership.Origin.ENGINE,
                        KnownMembership.Origin.MEMBER,
                        KnownMembership.Origin.IMAGE);
        assertThat(only(full).images()).allMatch(image -> image.sound() && image.verified());
        assertThat(only(full).state().orElseThrow().verified()).isTrue();
        assertThat(full.contradictions()).isEmpty();
        Diagnosis diagnosis = survey.diagnose();
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
        assertThat(diagnosis.bracket())
                .isEqualTo(new CommitBracket(
                        probe.position().index() - 1, probe.position().index()));
        assertThat(survey.toTable()).contains("COPY", "single", "voter", "yes");
        Path file = temporary.resolve("survey.json");
        full.save(file);
        assertThat(Survey.load(file)).isEqualTo(full);
    }

    @Test
    void anInterruptIsNoDamageAndIsKept() throws InterruptedException {
        CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 8_000)
                .write(3);
        Survey expected = Recovery.of(Source.directory(directory())).survey();
        List<Survey> surveys = new ArrayList<>();
        AtomicInteger kept = new AtomicInteger();
        AtomicInteger begun = new AtomicInteger();
        Thread reader = new Thread(() -> {
            for (int i = 0; i < 10; i++) {
                begun.incrementAndGet();
                surveys.add(Recovery.of(Source.directory(directory())).survey());
                kept.addAndGet(Thread.interrupted() ? 1 : 0);
            }
        });
        reader.start();
        for (int struck = 0; reader.isAlive(); ) {
            reader.join(1); // Somewhere in the middle, when it has just begun.
            if (begun.get() > struck) {
                struck = begun.get();
                reader.interrupt();
            }
        }
        assertThat(surveys).hasSize(10).containsOnly(expected);
        assertThat(kept).hasPositiveValue();
    }

    @Test
    void worksBesideAMemberThatWritesAndLeavesItItsLocks() throws Exception {
        List<SurveyedCopy> seen = new ArrayList<>();
        AtomicInteger written = new AtomicInteger();
        Set<String> names = new TreeSet<>();
        try (MetaStore store = MetaStore.open(directory())) {
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 3; i++) {
                    write(store, 30 * i, 30 * (i + 1));
                    store.checkpoints().create();
                    written.addAndGet(30);
                }
            });
            writer.start();
            do {
                seen.add(only(Recovery.of(Source.directory(directory())).survey()));
            } while (writer.isAlive());
            seen.add(only(Recovery.of(Source.directory(directory())).survey(Depth.FULL)));
            for (Path file : TreePhoto.files(directory())) {
                names.add(String.valueOf(file.getFileName()));
            }
            assertThat(LockProbe.ask(List.of(
                            directory().resolve("LOCK"),
                            find("state").resolve("LOCK"),
                            find("current").resolveSibling("in_use.lock"))))
                    .containsExactly("held", "held", "held");
            write(store, 90, 100);
        }
        assertThat(written).hasValue(90);
        assertThat(seen).hasSizeGreaterThan(3);
        long last = -1;
        for (SurveyedCopy copy : seen) {
            assertThat(copy.findings())
                    .filteredOn(each -> each.kind().mayHideEntries())
                    .isEmpty();
            assertThat(copy.complete()).isTrue();
            assertThat(copy.last().index()).isGreaterThanOrEqualTo(last);
            assertThat(copy.committed()).isLessThanOrEqualTo(copy.last().index());
            last = copy.last().index();
        }
        assertThat(seen.get(seen.size() - 1).findings()).isEmpty();
        assertThat(seen.get(seen.size() - 1).state().orElseThrow().verified()).isTrue();
        assertThat(names).noneMatch(name -> name.contains("survey") || name.endsWith(".tmp"));
    }

    private Path find(String name) {
        try (var found = Files.walk(directory())) {
            return found.filter(path -> path.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anImageAloneAndAnExportedFileAreCopiesThatProveNothing() {
        Path archive = temporary.resolve("exported.zip");
        Image image;
        try (MetaStore store = MetaStore.open(directory())) {
            write(store, 0, 30);
            image = store.checkpoints().create();
            store.checkpoints().exportTo(image, archive);
        }
        Path alone = TreePhoto.copy(find("image." + image.position().index()), temporary.resolve("rescued"));
        Map<Path, String> before = TreePhoto.of(temporary);

        for (Depth depth : Depth.values()) {
            Survey survey = Recovery.of(
                            Source.image(alone).labelled("rescued"),
                            Source.archive(archive),
                            Source.directory(directory()))
                    .survey(depth);
            for (SurveyedCopy copy : survey.copies().subList(0, 2)) {
                assertThat(copy.findings()).isEmpty();
                assertThat(copy.complete()).isFalse();
                assertThat(copy.id()).isEmpty();
                assertThat(copy.last()).isEqualTo(image.position());
                assertThat(copy.committed()).isEqualTo(image.position().index());
                assertThat(copy.fingerprints()).isEqualTo(Map.of(image.position(), image.fingerprint()));
                assertThat(copy.images().get(0).verified()).isEqualTo(depth == Depth.FULL);
                assertThat(copy.toCopy().lastIndexMax()).isEqualTo(Long.MAX_VALUE);
                assertThat(copy.toCopy().id()).isIn("image@" + alone, "archive@" + archive);
                assertThat(new Survey(List.of(copy)).diagnose().verdict().kind())
                        .isEqualTo(Verdict.Kind.UNBOUNDED);
            }
            assertThat(survey.contradictions()).isEmpty();
            assertThat(survey.diagnose().verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(survey.diagnose().candidates().get(0).complete()).isTrue();
            assertThat(survey.toTable()).contains("rescued", "archive");
        }
        assertThat(TreePhoto.of(temporary)).isEqualTo(before);
    }

    @Test
    void damagedImagesAndFilesAreNamed() throws IOException {
        Path archive = temporary.resolve("exported.zip");
        try (MetaStore store = MetaStore.open(directory())) {
            write(store, 0, 30);
            store.checkpoints().exportTo(store.checkpoints().create(), archive);
        }
        byte[] good = Files.readAllBytes(archive);
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 1;
        Files.write(archive, bad);
        SurveyedCopy copy = only(Recovery.of(Source.archive(archive)).survey(Depth.FULL));
        assertThat(copy.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.IMAGE);
        assertThat(copy.last()).isEqualTo(LogPosition.NONE);
        Files.write(archive, new byte[0]);
        assertThat(only(Recovery.of(Source.archive(archive)).survey()).findings())
                .hasSize(1);
        assertThat(only(Recovery.of(Source.image(temporary.resolve("nowhere"))).survey())
                        .findings())
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.IMAGE);
    }

    @Test
    void aBackupProvesNothingAndLosesAgainstItsMember() {
        MemberProbe probe = fill(20);
        Path backup = TreePhoto.copy(directory(), temporary.resolve("backup"));
        try (MetaStore store = MetaStore.open(directory())) {
            write(store, 0, 5);
        }
        Survey said = Recovery.of(Source.directory(backup).asBackup()).survey();
        assertThat(only(said).origin().kind()).isEqualTo(CopyOrigin.Kind.BACKUP);
        assertThat(only(said).last()).isEqualTo(probe.position());
        assertThat(said.diagnose().verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
        assertThat(said.toTable()).contains("no, backup");

        Survey both = Recovery.of(Source.directory(backup), Source.directory(directory()))
                .survey();
        Diagnosis diagnosis = both.diagnose();
        assertThat(diagnosis.candidates().stream().filter(Copy::complete)).hasSize(1);
        assertThat(diagnosis.candidates().get(0).complete())
                .as("the one that went on")
                .isTrue();
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
        assertThat(diagnosis.divergences()).isEmpty();
    }

    @Test
    void anOlderCopyIsNotWhatItsMemberLeftWhenTheNewerOneIsDamaged() throws IOException {
        CraftedMember older = CraftedMember.create(temporary.resolve("older"), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 50)
                .write(3);
        CraftedMember newer = CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 100)
                .write(3);
        Path file = newer.current().resolve("log_inprogress_0");
        byte[] bytes = Files.readAllBytes(file);
        bytes[300] ^= 1;
        Files.write(file, bytes);
        Survey survey = Recovery.of(Source.directory(older.directory()), Source.directory(newer.directory()))
                .survey();
        assertThat(survey.copies()).extracting(SurveyedCopy::complete).containsExactly(true, false);
        assertThat(survey.copies().get(1).last().index()).as("readable").isLessThan(50);
        Diagnosis diagnosis = survey.diagnose();
        assertThat(diagnosis.candidates()).noneMatch(Copy::complete);
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);

        Diagnosis said = Recovery.of(
                        Source.directory(older.directory()).asBackup(), Source.directory(newer.directory()))
                .survey()
                .diagnose();
        assertThat(said.candidates().get(0).last().index()).isEqualTo(50);
        assertThat(said.verdict().kind()).as("%s", said).isEqualTo(Verdict.Kind.BOUNDED);
        assertThat(said.verdict().lastAtRisk()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void copiesOfTwoClustersAreNotCompared() {
        MetaStore.open(directory()).close();
        MetaStore.open(temporary.resolve("other")).close();
        Survey survey = Recovery.of(Source.directory(directory()), Source.directory(temporary.resolve("other")))
                .survey();
        assertThatThrownBy(survey::diagnose)
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining(temporary.resolve("other").toString());
    }

    @Test
    void whereNothingIsItSaysSoAndCreatesNothing() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        Survey survey = Recovery.of(Source.directory(temporary.resolve("nowhere")), Source.directory(empty))
                .survey();
        for (SurveyedCopy copy : survey.copies()) {
            assertThat(copy.findings()).extracting(Finding::kind).contains(Finding.Kind.NOTHING);
            assertThat(copy.complete()).isFalse();
            assertThat(copy.last()).isEqualTo(LogPosition.NONE);
        }
        assertThat(survey.diagnose().verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
        assertThat(temporary.resolve("nowhere")).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void aPurgedJournalIsReadFromItsBeginningOn() {
        CraftedMember member = CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 99)
                .image(3, 70)
                .write(3, 60);
        SurveyedCopy copy =
                only(Recovery.of(Source.directory(member.directory())).survey());
        assertThat(copy.findings()).extracting(Finding::kind).containsOnly(Finding.Kind.STATE);
        assertThat(copy.journal().first()).isEqualTo(60);
        assertThat(copy.committed()).isEqualTo(98);
        assertThat(copy.complete()).isTrue();
        Diagnosis diagnosis = new Survey(List.of(copy)).diagnose();
        assertThat(diagnosis.current()).hasSize(1);
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
    }

    @Test
    void entriesThatWereNotPurgedAreMissed() throws IOException {
        CraftedMember member = CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 99)
                .image(3, 40)
                .write(3, 60);
        SurveyedCopy gap =
                only(Recovery.of(Source.directory(member.directory())).survey());
        assertThat(gap.findings().stream().map(Finding::what)).anyMatch(what -> what.contains("nothing sound reaches"));
        assertThat(gap.complete()).isFalse();
        member.image(3, 70);
        Files.delete(member.current().resolveSibling("begin"));
        SurveyedCopy cut =
                only(Recovery.of(Source.directory(member.directory())).survey());
        assertThat(cut.findings().stream().map(Finding::what)).anyMatch(what -> what.contains("were not purged"));
        assertThat(cut.complete()).isFalse();
    }

    @Test
    void aJournalThatEndsBeforeWhatWasAppliedHasLostSomething() {
        CraftedMember member = CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 50)
                .image(4, 70)
                .write(4);
        SurveyedCopy copy =
                only(Recovery.of(Source.directory(member.directory())).survey());
        assertThat(copy.complete()).isFalse();
        assertThat(copy.last()).isEqualTo(new LogPosition(4, 70));
        assertThat(copy.toCopy().termAt(60)).isEqualTo(-1);
        assertThat(copy.toCopy().termAt(70)).isEqualTo(4);
        assertThat(copy.toCopy().lastIndexMax()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aJournalWithoutAFileThatIsBeingWrittenHasLostItsEnd() throws IOException {
        CraftedMember member = CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 50)
                .write(3);
        Path open = member.current().resolve("log_inprogress_0");
        Files.move(open, member.current().resolve("log_0-50"));
        SurveyedCopy copy =
                only(Recovery.of(Source.directory(member.directory())).survey());
        assertThat(copy.complete()).isFalse();
        assertThat(copy.last().index()).isEqualTo(50);
        assertThat(copy.toCopy().lastIndexMax()).isEqualTo(Long.MAX_VALUE);

        JournalScan scan = JournalScanner.scan(member.current());
        ReadingLayer layer = new ReadingLayer();
        assertThat(JournalEnd.missing(layer, scan)).isPresent();
        Path next = Files.createFile(member.current().resolve("log_inprogress_51"));
        assertThat(JournalEnd.missing(layer, scan)).as("nothing in it yet").isPresent();
        Files.writeString(next, "RaftLog1");
        assertThat(JournalEnd.missing(layer, scan)).as("a member is at work").isEmpty();
    }

    @Test
    void aLaterEpochThatIsNotInUseIsNamed() throws IOException {
        CraftedMember member = CraftedMember.create(directory(), "a", 1, "a")
                .elected(3)
                .commandsUpTo(3, 5)
                .write(3);
        Files.createDirectories(directory().resolve("stores/main/epoch-000002"));
        SurveyedCopy copy =
                only(Recovery.of(Source.directory(member.directory())).survey());
        assertThat(copy.findings().stream().filter(each -> each.kind() == Finding.Kind.FOREIGN))
                .hasSize(1)
                .allMatch(each -> each.what().contains("epoch=2 current=1"));
        assertThat(copy.complete()).isTrue();
    }

    @Test
    void theTableIsForPeople() {
        CraftedMember.create(directory(), "fe1", 1, "fe1", "fe2")
                .elected(3)
                .commandsUpTo(3, 5)
                .image(3, 2)
                .write(4);
        Survey survey = Recovery.of(
                        Source.directory(directory()).labelled("host1"),
                        Source.directory(temporary.resolve("gone")).labelled("host2"))
                .survey();
        String table = survey.toString();
        List<String> lines = table.lines().collect(Collectors.toList());
        assertThat(lines.get(0))
                .isEqualTo(
                        "COPY   MEMBER  ROLE   EPOCH  LAST  TERM  COMMITTED  APPLIED  REVISION  IMAGES  JOURNAL  COMPLETE");
        assertThat(lines.get(1))
                .matches("host1  fe1     voter  1      3:5   4     4 +-        -         2       [0-9]+ [KM]B +yes");
        assertThat(lines.get(2))
                .matches("host2  -       \\?      \\?      -     -     - +-        -         -       0 KB +no");
        assertThat(table)
                .contains(
                        "host1: STATE stores/main/epoch-000001/state: missing",
                        "host2: NOTHING " + temporary.resolve("gone"));
    }
}
