package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.OperationType;
import io.metastore.api.Progress;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.Secret;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a user does with the images of one member. */
class CheckpointsTest extends OneMember {

    private final Queue<Progress> progress = new ConcurrentLinkedQueue<>();

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.progress(progress::add);
    }

    private Path epoch() {
        return directory.resolve("stores/main/epoch-000001");
    }

    private void write(int from, int to) {
        Table<String, String> notes = store.table(NOTES);
        for (int i = from; i < to; i++) {
            notes.put("k" + i, "value " + i);
        }
    }

    @Test
    void anImageSaysWhatTheStateWasAndIsTheNewestOfTheList() {
        write(0, 10);
        Image first = store.checkpoints().create();
        assertThat(first.position()).isEqualTo(MemberProbe.of(store).position());
        assertThat(first.revision()).isEqualTo(store.revision());
        assertThat(first.fingerprint()).isEqualTo(MemberProbe.of(store).fingerprint());
        assertThat(first.provenance()).isEqualTo("checkpoint of single");
        assertThat(first.bytes()).isPositive();
        write(10, 20);
        Image second = store.checkpoints().create();
        assertThat(store.checkpoints().list()).containsExactly(second, first);
        assertThat(second.revision()).isGreaterThan(first.revision());
        assertThat(store.checkpoints().create()).as("nothing was written since").isEqualTo(second);
        assertThat(epoch().resolve("image").resolve(second.name())).isDirectory();
    }

    @Test
    void onlyTheNewestAreKept() {
        for (int i = 0; i < 5; i++) {
            write(i, i + 1);
            store.checkpoints().create();
        }
        assertThat(store.checkpoints().list()).hasSize(2);
        assertThat(store.checkpoints().status().made()).isEqualTo(5);
        assertThat(store.checkpoints().status().images()).isEqualTo(2);
        assertThat(store.checkpoints().status().entriesSince()).isZero();
        assertThat(epoch().resolve("image").toFile().list()).hasSize(2);
    }

    @Test
    void anEmptyStoreStartsFromItsImageAfterItsStateWasLost() throws IOException {
        write(0, 100);
        store.checkpoints().create();
        write(100, 120);
        Revision revision = store.revision();
        String fingerprint = MemberProbe.of(store).fingerprint();
        store.close();
        TestMember.delete(epoch().resolve("state"));
        store = configure(MetaStore.builder(directory)).open();
        assertThat(store.revision()).isEqualTo(revision);
        assertThat(MemberProbe.of(store).fingerprint()).isEqualTo(fingerprint);
        assertThat(MemberProbe.recomputeFingerprint(store)).isEqualTo(fingerprint);
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(120);
        write(120, 130);
        reopen();
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(130);
    }

    @Test
    void aSoundImageIsVerifiedAndADamagedOneIsNamed() throws IOException {
        write(0, 1000);
        Image image = store.checkpoints().create();
        assertThat(store.checkpoints().verify(image).records()).isEqualTo(1000);
        Path damaged = damage(image);
        assertThatThrownBy(() -> store.checkpoints().verify(image))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(damaged.getFileName().toString());
    }

    @Test
    void anImageThatWasFoundDamagedNeverCountsAgainAndGoesWhenTwoNewerOnesAreThere() throws IOException {
        write(0, 100);
        Image old = store.checkpoints().create();
        write(100, 200);
        Image image = store.checkpoints().create();
        damage(image);
        assertThatThrownBy(() -> store.checkpoints().verify(image)).isInstanceOf(CorruptStateException.class);
        for (int opened = 0; opened < 2; opened++) {
            assertThat(store.checkpoints().list()).containsExactly(old);
            assertThat(store.health().findings()).anySatisfy(finding -> assertThat(finding.code() + finding.text())
                    .contains("IMAGE_UNSOUND")
                    .contains(image.name()));
            reopen();
        }
        write(200, 300);
        Image next = store.checkpoints().create();
        assertThat(store.checkpoints().list()).as("two are kept besides it").containsExactly(next, old);
        assertThat(epoch().resolve("image").resolve(image.name())).exists();
        write(300, 400);
        Image last = store.checkpoints().create();
        assertThat(store.checkpoints().list()).containsExactly(last, next);
        assertThat(epoch().resolve("image").toFile().list()).containsExactlyInAnyOrder(last.name(), next.name());
        assertThat(store.health().findings()).isEmpty();
    }

    /** Changes one byte in the middle of a table file of the image, which the live state shares. */
    private Path damage(Image image) throws IOException {
        Path found = onlySst(epoch().resolve("image").resolve(image.name()));
        Path copy = found.resolveSibling("copy");
        Files.copy(found, copy);
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length / 2] ^= 1;
        Files.write(copy, bytes);
        Files.delete(found); // A link: the live state keeps the sound file.
        Files.move(copy, found);
        return found;
    }

    private static Path onlySst(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .max((one, other) ->
                            Long.compare(one.toFile().length(), other.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void aDamagedImageIsReplacedUnderTheRunningStore() throws IOException {
        write(0, 100);
        store.checkpoints().create();
        write(100, 200);
        Image image = store.checkpoints().create();
        damage(image);
        Image better = store.checkpoints().replace(image);
        store.checkpoints().verify(better);
        assertThat(store.checkpoints().list().get(0)).isEqualTo(better);
        for (Image each : store.checkpoints().list()) {
            store.checkpoints().verify(each);
        }
    }

    @Test
    void whatIsExportedBeginsANewStoreWhoseRevisionsGoOn() {
        write(0, 500);
        store.table(COUNTERS).put("c", 7L);
        long id = store.ids("sequence").next();
        Image image = store.checkpoints().create();
        write(500, 510); // Not in the image.
        Path file = directory.resolveSibling("export.zip");
        assertThat(store.checkpoints().exportTo(image, file)).isEqualTo(image);
        Path target = directory.resolveSibling("imported");
        Revision written;
        try (MetaStore imported = MetaStore.builder(target).importFrom(file).open()) {
            assertThat(imported.table(NOTES).count(Range.all())).isEqualTo(500);
            assertThat(imported.table(COUNTERS).get("c")).contains(7L);
            assertThat(imported.revision().number())
                    .isGreaterThanOrEqualTo(image.revision().number());
            assertThat(imported.ids("sequence").next()).isGreaterThan(id);
            written = imported.table(NOTES).put("new", "v");
            assertThat(written.number()).isGreaterThan(image.revision().number());
            assertThat(imported.status().clusterId())
                    .isNotEqualTo(store.status().clusterId());
            assertThat(imported.checkpoints().list().get(0).provenance()).isEqualTo("imported from export.zip");
            assertThat(MemberProbe.recomputeFingerprint(imported))
                    .isEqualTo(MemberProbe.of(imported).fingerprint());
        }
        try (MetaStore again = MetaStore.builder(target).importFrom(file).open()) {
            assertThat(again.table(NOTES).get("new")).as("imported once").contains("v");
            assertThat(again.revision()).isEqualTo(written);
        }
    }

    @Test
    void aNewClusterBeginsWithTheFileThatEachOfItsMembersImports() {
        write(0, 300);
        Image image = store.checkpoints().create();
        Path file = directory.resolveSibling("export.zip");
        store.checkpoints().exportTo(image, file);
        try (TestCluster cluster = TestCluster.builder()
                .configure(builder -> builder.importFrom(file))
                .start()) {
            assertThat(cluster.leader().table(NOTES).count(Range.all())).isEqualTo(300);
            Revision written = cluster.leader().table(NOTES).put("new", "v");
            assertThat(written.number()).isGreaterThan(image.revision().number());
            cluster.awaitApplied(written);
            cluster.assertConverged();
            cluster.members().forEach(TestMember::kill);
            cluster.restart(cluster.members());
            cluster.awaitApplied(cluster.leader().table(NOTES).put("again", "v"));
            cluster.assertConverged();
            assertThat(cluster.anyFollower().table(NOTES).count(Range.all())).isEqualTo(302);
        }
    }

    @Test
    void aClusterIsRestoredUnderTheNamesItHadAndIsAnother() {
        Path file = directory.resolveSibling("backup.zip");
        String before;
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.leader().table(NOTES).put("kept", "v");
            before = cluster.leader().store().status().clusterId();
            Image image = cluster.leader().store().checkpoints().create();
            cluster.leader().store().checkpoints().exportTo(image, file);
        }
        for (int restored = 0; restored < 2; restored++) {
            try (TestCluster cluster = TestCluster.builder()
                    .configure(builder -> builder.importFrom(file))
                    .start()) {
                assertThat(cluster.leader().table(NOTES).get("kept")).contains("v");
                cluster.awaitApplied(cluster.leader().table(NOTES).put("new", "v"));
                cluster.assertConverged();
                String now = cluster.leader().store().status().clusterId();
                assertThat(now).isNotEqualTo(before);
                assertThat(cluster.members())
                        .allSatisfy(member ->
                                assertThat(member.store().status().clusterId()).isEqualTo(now));
                Image image = cluster.leader().store().checkpoints().create();
                assertThat(file.toFile().delete()).isTrue();
                cluster.leader().store().checkpoints().exportTo(image, file); // Restored from what was restored.
                before = now;
            }
        }
    }

    @Test
    void aMemberThatLosesWhatItImportedBeforeItsClusterHasFormedDoesNotBeginWithNothing() throws IOException {
        write(0, 10);
        Path file = directory.resolveSibling("export.zip");
        store.checkpoints().exportTo(store.checkpoints().create(), file);
        Path target = directory.resolveSibling("fe1");
        SimulatedNetwork nobodyElse = new SimulatedNetwork(1);
        MetaStore.Builder opening = MetaStore.builder(target)
                .member("fe1", "fe1:9010")
                .bootstrap("fe1=fe1:9010", "fe2=fe2:9010", "fe3=fe3:9010")
                .clusterToken(Secret.of("a token of tests"))
                .with(nobodyElse)
                .importFrom(file);
        opening.open().close();
        try (MetaStore alone = opening.open()) {
            assertThat(MemberProbe.of(alone).revision())
                    .isEqualTo(store.revision().number());
        }
        Path epoch = target.resolve("stores/main/epoch-000001");
        deleteStates(epoch);
        opening.open().close(); // Again from the image.
        deleteStates(epoch);
        TestMember.delete(epoch.resolve("image"));
        assertThatThrownBy(opening::open)
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("no usable image at index")
                .hasMessageContaining("import again");
    }

    private static void deleteStates(Path epoch) throws IOException {
        try (Stream<Path> states =
                Files.list(epoch).filter(path -> path.getFileName().toString().startsWith("state"))) {
            assertThat(states.peek(TestMember::delete)).hasSize(1);
        }
    }

    @Test
    void aLongReplayAtAnOpeningIsFollowedByAnImage() {
        write(0, 30);
        long written = MemberProbe.of(store).position().index();
        MemberProbe.kill(store);
        assertThat(epoch().resolve("image")).isEmptyDirectory();
        store = configure(MetaStore.builder(directory))
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .replayEntries(30)
                        .build())
                .open();
        Awaitility.await().until(() -> !store.checkpoints().list().isEmpty());
        assertThat(store.checkpoints().list().get(0).position().index()).isGreaterThanOrEqualTo(written);
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(30);
    }

    @Test
    void anExportNeverTakesThePlaceOfAFile() throws IOException {
        write(0, 5);
        Image image = store.checkpoints().create();
        Path file = Files.writeString(directory.resolveSibling("export.zip"), "precious");
        assertThatThrownBy(() -> store.checkpoints().exportTo(image, file))
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining("export.zip");
        assertThat(file).hasContent("precious");
    }

    @Test
    void aDirectoryWithContentIsNeverImportedInto() throws IOException {
        write(0, 5);
        Path file = directory.resolveSibling("export.zip");
        store.checkpoints().exportTo(store.checkpoints().create(), file);
        Path target = Files.createDirectory(directory.resolveSibling("used"));
        Path precious = Files.writeString(target.resolve("precious"), "content");
        assertThatThrownBy(() -> MetaStore.builder(target).importFrom(file).open())
                .isInstanceOf(DirectoryMismatchException.class);
        assertThat(precious).hasContent("content");
        assertThat(target.toFile().list()).containsExactly("precious");
    }

    @Test
    void aDamagedImageIsNotExportedAndTheLiveStateCanBeDumped() throws IOException {
        write(0, 1000);
        Image image = store.checkpoints().create();
        damage(image);
        Path file = directory.resolveSibling("export.zip");
        assertThatThrownBy(() -> store.checkpoints().exportTo(image, file)).isInstanceOf(CorruptStateException.class);
        assertThat(file).doesNotExist();
        write(1000, 1010);
        Image dumped = store.checkpoints().dumpTo(file);
        assertThat(dumped.revision()).isEqualTo(store.revision());
        assertThat(dumped.provenance()).isEqualTo("dumped by single");
        try (MetaStore imported = MetaStore.builder(directory.resolveSibling("imported"))
                .importFrom(file)
                .open()) {
            assertThat(imported.table(NOTES).count(Range.all())).isEqualTo(1010);
        }
    }

    /** Incident I25. */
    @Test
    void aCheckpointAndADumpAtTheSameTimeUnderWritesAreBothSound() {
        write(0, 500);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(() -> {
            int next = 500;
            while (!over.get()) {
                write(next, next + 1);
                next++;
            }
            return next;
        });
        Path file = directory.resolveSibling("dump.zip");
        CompletableFuture<Image> dumping =
                CompletableFuture.supplyAsync(() -> store.checkpoints().dumpTo(file));
        Image made = store.checkpoints().create();
        Image dumped = result(dumping);
        over.set(true);
        int written = result(writing);
        assertThat(store.checkpoints().verify(made).records()).isBetween(500L, (long) written);
        try (MetaStore imported = MetaStore.builder(directory.resolveSibling("imported"))
                .importFrom(file)
                .open()) {
            assertThat(imported.table(NOTES).count(Range.all())).isBetween(500L, (long) written);
            assertThat(imported.revision()).isEqualTo(dumped.revision());
            assertThat(MemberProbe.recomputeFingerprint(imported)).isEqualTo(dumped.fingerprint());
        }
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(written);
    }

    @Test
    void anAuditAgreesWithWhatWasReallyWritten() {
        write(0, 50);
        store.checkpoints().create();
        write(50, 150);
        Audited audited = store.checkpoints().audit();
        assertThat(audited.agrees()).as(audited.difference()).isTrue();
        assertThat(audited.entries()).isGreaterThanOrEqualTo(100);
        assertThat(audited.position()).isEqualTo(MemberProbe.of(store).position());
    }

    @Test
    void withoutAnImageThereIsNothingToAuditWith() {
        write(0, 5);
        assertThatThrownBy(() -> store.checkpoints().audit()).isInstanceOf(CheckpointFailedException.class);
    }

    @Test
    void longWorkTellsHowFarItHasComeAndHowItEnded() {
        write(0, 100);
        Image image = store.checkpoints().create();
        store.checkpoints().verify(image);
        store.checkpoints().audit();
        Path file = directory.resolveSibling("export.zip");
        store.checkpoints().exportTo(image, file);
        try (MetaStore imported = MetaStore.builder(directory.resolveSibling("imported"))
                .importFrom(file)
                .progress(progress::add)
                .open()) {
            assertThat(imported.revision()).isEqualTo(image.revision());
        }
        for (Progress.Operation operation : List.of(
                Progress.Operation.CHECKPOINT,
                Progress.Operation.VERIFY,
                Progress.Operation.AUDIT,
                Progress.Operation.EXPORT,
                Progress.Operation.IMPORT)) {
            assertThat(progress.stream().filter(each -> each.operation() == operation))
                    .as("%s", operation)
                    .isNotEmpty()
                    .allMatch(each -> !each.step().isBlank())
                    .last()
                    .extracting(Progress::outcome)
                    .isEqualTo(Progress.Outcome.DONE);
            assertThat(progress.stream().filter(each -> each.operation() == operation))
                    .as("%s", operation)
                    .anyMatch(each -> each.done() > 0 && (each.done() == each.total() || each.total() < 0));
        }
    }

    @Test
    void anOpeningTellsHowFarItsReplayHasCome() {
        write(0, 100);
        MemberProbe.kill(store); // Nothing was flushed.
        progress.clear();
        store = configure(MetaStore.builder(directory)).open();
        List<Progress> replay = progress.stream()
                .filter(each -> each.operation() == Progress.Operation.OPEN)
                .filter(each -> each.step().equals("replaying the journal"))
                .toList();
        assertThat(replay.get(0).total()).isGreaterThanOrEqualTo(100);
        assertThat(replay.get(0).unit()).isEqualTo(Progress.Unit.ENTRIES);
        assertThat(replay).last().satisfies(end -> {
            assertThat(end.outcome()).isEqualTo(Progress.Outcome.DONE);
            assertThat(end.done()).isEqualTo(end.total());
        });
        progress.clear();
        reopen();
        assertThat(progress).as("nothing to replay").noneMatch(each -> each.step()
                .equals("replaying the journal"));
    }

    @Test
    void anAuditRunsByItselfWhenThePolicySaysSo() {
        store.close();
        progress.clear();
        store = configure(MetaStore.builder(directory))
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .auditEvery(Duration.ofSeconds(1))
                        .build())
                .open();
        write(0, 10);
        store.checkpoints().create();
        Awaitility.await().atMost(PATIENCE).until(() -> progress.stream()
                .anyMatch(each -> each.operation() == Progress.Operation.AUDIT && each.outcome() != null));
        assertThat(progress.stream().filter(each -> each.operation() == Progress.Operation.AUDIT))
                .last()
                .extracting(Progress::outcome)
                .isEqualTo(Progress.Outcome.DONE);
        assertThat(store.health().findings()).isEmpty();
        assertThat(store.cluster().operations())
                .as("nobody asked for it")
                .noneMatch(job -> job.type() == OperationType.AUDIT);
    }

    @Test
    void imagesAreMadeByThemselvesWhenThePolicySaysSo() {
        store.close();
        store = MetaStore.builder(directory)
                .checkpoints(CheckpointPolicy.defaults().toBuilder().entries(50).build())
                .open();
        write(0, 120);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> store.checkpoints().status().made() >= 1);
        assertThat(store.health().findings()).isEmpty();
        assertThat(store.status().members().get(0).image())
                .isEqualTo(store.checkpoints().list().get(0).position().index());
        assertThat(store.status().members().get(0).imageAge()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void withoutDiskSpaceNothingIsPublishedAndHealthSaysWhy() {
        write(0, 10);
        store.close();
        store = MetaStore.builder(directory)
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .freeBytesMin(Long.MAX_VALUE / 2)
                        .build())
                .open();
        write(10, 20);
        assertThatThrownBy(() -> store.checkpoints().create())
                .isInstanceOf(CheckpointFailedException.class)
                .hasMessageContaining("freeBytesMin");
        assertThat(store.checkpoints().list()).isEmpty();
        assertThat(store.health().findings())
                .anySatisfy(finding -> assertThat(finding.code()).isEqualTo("CHECKPOINT_FAILED"));
        write(20, 30);
    }
}
