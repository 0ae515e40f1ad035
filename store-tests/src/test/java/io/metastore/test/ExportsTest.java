package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.Secret;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that images are exported to, dumped to and imported from. */
class ExportsTest extends MemberWithImages {

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
}
