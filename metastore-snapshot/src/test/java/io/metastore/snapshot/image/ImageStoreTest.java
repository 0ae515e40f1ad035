package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.state.StateCheckpoint;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of a real state. */
class ImageStoreTest {

    private final DiskFileLayer files = new DiskFileLayer();
    private Path epoch;
    private Path images;
    private LiveState live;

    @BeforeEach
    void openState(@TempDir Path temporary) throws IOException {
        epoch = temporary.toRealPath().resolve("epoch");
        images = epoch.resolve("image");
        live = new LiveState(epoch.resolve("state"), "v");
    }

    @AfterEach
    void closeState() {
        live.close();
    }

    private ImageStore open() {
        return ImageStore.open(files, images, PaperState.LINEAGE);
    }

    private static List<Long> indices(ImageStore store) {
        return store.images().stream().map(PersistedImage::index).toList();
    }

    private void verify(PersistedImage image) {
        assertThat(PaperState.isWhole(files, image)).isTrue();
        try (StateInspection state = StateInspection.open(files, image.directory())) {
            assertThat(state.at().position()).isEqualTo(image.manifest().position());
            assertThat(state.recomputeFingerprint(count -> {}))
                    .isEqualTo(image.manifest().fingerprint());
        }
    }

    @Test
    void anImageIsWhatTheStateWas() {
        ImageStore store = open();
        live.upTo(50);
        PersistedImage image = live.make(store);
        live.upTo(60);
        assertThat(image.index()).isEqualTo(50);
        assertThat(image.directory()).isEqualTo(images.resolve("image.50"));
        assertThat(image.manifest().revision().number()).isEqualTo(51);
        assertThat(image.manifest().bytes()).isPositive();
        verify(image);
        PersistedImage second = live.make(store);
        assertThat(store.images()).containsExactly(second, image);
        ImageStore again = open();
        assertThat(again.images()).containsExactly(second, image);
        assertThat(again.unsound()).isEmpty();
        assertThat(store.usableSpace()).isPositive();
        again.images().forEach(this::verify);
    }

    @Test
    void digestsOfFilesThatDidNotChangeAreCarriedOver() {
        ImageStore store = open();
        live.upTo(3000);
        PersistedImage first = live.make(store);
        live.upTo(3001);
        try (PendingImage pending = store.begin()) {
            PersistedImage second = pending.persist(live.state().checkpoint(pending.directory()), PaperState.FACTS);
            long shared = second.manifest().files().stream()
                    .filter(file ->
                            file.isImmutable() && file.equals(first.manifest().file(file.name())))
                    .mapToLong(ImageFile::bytes)
                    .sum();
            assertThat(shared).isGreaterThan(10_000);
            assertThat(pending.digestedBytes())
                    .isPositive()
                    .isEqualTo(second.manifest().bytes() - shared);
            verify(second);
        }
    }

    /** A file of the same name and size that is another one has its digest taken. */
    @Test
    void aDigestIsNotTakenFromAFileThatOnlyLooksTheSame() throws IOException {
        ImageStore store = open();
        live.upTo(100);
        PersistedImage first = live.make(store);
        Path table = first.directory()
                .resolve(first.manifest().files().stream()
                        .filter(ImageFile::isImmutable)
                        .findFirst()
                        .orElseThrow()
                        .name());
        byte[] bytes = Files.readAllBytes(table);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(table);
        Files.write(table, bytes);
        live.upTo(101);
        verify(live.make(store));
        assertThat(PaperState.isWhole(files, first)).isFalse();
    }

    @Test
    void theNewestAndThoseThatAreReservedAreKept() {
        ImageStore store = open();
        for (int i = 1; i <= 5; i++) {
            live.upTo(i * 10L).make(store);
        }
        ImageReservation first = store.reserve(10);
        ImageReservation again = store.reserve(10);
        assertThat(store.retain(2).stream().map(PersistedImage::index)).containsExactly(20L, 30L);
        assertThat(indices(store)).containsExactly(50L, 40L, 10L);
        assertThat(store.remove(10)).isFalse();
        first.close();
        first.close();
        assertThat(store.retain(2)).isEmpty();
        verify(again.image());
        again.close();
        assertThat(store.retain(2).stream().map(PersistedImage::index)).containsExactly(10L);
        assertThat(store.remove(40)).as("the last but one").isFalse();
        assertThat(indices(store)).containsExactly(50L, 40L);
        assertThatThrownBy(() -> store.reserve(10))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("index=10");
        assertThatThrownBy(() -> store.retain(1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(images).isDirectoryNotContaining(path -> path.toString().contains("deleting"));
    }

    /** The checkpoint is of another state: it says of itself that all is well, and is not what this state was. */
    @Test
    void aCheckpointThatIsNotWhatTheLivingStateWasIsRefused() {
        ImageStore store = open();
        live.upTo(20).make(store);
        try (LiveState other = new LiveState(epoch.resolve("other"), "w");
                PendingImage pending = store.begin()) {
            live.upTo(30);
            other.upTo(30);
            Path elsewhere = epoch.resolve("elsewhere");
            StateCheckpoint said = live.state().checkpoint(elsewhere);
            other.state().checkpoint(pending.directory());
            assertThatThrownBy(() ->
                            pending.persist(new StateCheckpoint(pending.directory(), said.moments()), PaperState.FACTS))
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageContaining("does not hold the state it was made of");
        }
        assertThat(indices(store)).containsExactly(20L);
        assertThat(indices(open())).containsExactly(20L);
        assertThat(images).isDirectoryNotContaining(path -> path.toString().contains("ckpt"));
    }

    @Test
    void aCheckpointThatIsNotRememberedIsComputedAnew() {
        ImageStore store = open();
        live.upTo(20);
        try (PendingImage pending = store.begin()) {
            live.state().checkpoint(pending.directory());
            PersistedImage image =
                    pending.persist(new StateCheckpoint(pending.directory(), List.of()), PaperState.FACTS);
            assertThat(image.manifest().fingerprint()).isEqualTo(live.state().fingerprint());
        }
    }

    @Test
    void theSecondMakerWaitsAndBothImagesAreSound() throws Exception {
        ImageStore store = open();
        live.upTo(10);
        CompletableFuture<PersistedImage> second;
        PersistedImage first;
        try (PendingImage pending = store.begin()) {
            second = CompletableFuture.supplyAsync(() -> live.make(store));
            StateCheckpoint checkpoint = live.state().checkpoint(pending.directory());
            first = pending.persist(checkpoint, PaperState.FACTS);
            live.upTo(20);
            assertThat(second).isNotDone();
        }
        PersistedImage other = second.get(30, TimeUnit.SECONDS);
        assertThat(indices(store)).containsExactly(20L, 10L);
        verify(first);
        verify(other);
    }

    @Test
    void anImageThatIsThereIsNotMadeTwice() {
        ImageStore store = open();
        live.upTo(10);
        PersistedImage image = live.make(store);
        live.state().flush();
        assertThat(live.make(store)).isEqualTo(image);
        assertThat(images).isDirectoryNotContaining(path -> path.toString().contains("ckpt"));
    }

    @Test
    void aDamagedImageIsReplacedByASoundOne() throws IOException {
        ImageStore store = open();
        live.upTo(10);
        PersistedImage image = live.make(store);
        Files.writeString(image.directory().resolve("CURRENT"), "cut");
        PersistedImage again = live.make(store);
        verify(again);
        Files.writeString(image.directory().resolve("MANIFEST"), "damaged");
        store.recheck();
        assertThat(store.images()).isEmpty();
        assertThat(store.unsound()).hasSize(1);
        assertThat(store.unsound().get(0).reason()).contains("MANIFEST");
        verify(live.make(store));
        assertThat(store.unsound()).isEmpty();
        store.condemn(store.images().get(0), "its digests are wrong");
        store.recheck();
        assertThat(store.unsound()).hasSize(1);
        verify(live.make(store));
        assertThat(indices(open())).containsExactly(10L);
    }

    @Test
    void aCondemnedImageNeverCountsAgainAndGoesWhenTwoSoundOnesAreNewer() {
        ImageStore store = open();
        live.upTo(10).make(store);
        store.condemn(live.upTo(20).make(store), "its digests are wrong");
        assertThat(indices(store)).containsExactly(10L);
        ImageStore again = open();
        assertThat(indices(again)).as("found by an opening").containsExactly(10L);
        assertThat(again.unsound().get(0).reason()).contains("its digests are wrong");
        live.upTo(30).make(again);
        again.retain(2);
        assertThat(indices(again)).as("it is none of the two that are kept").containsExactly(30L, 10L);
        assertThat(images.resolve("image.20")).exists();
        live.upTo(40).make(again);
        assertThat(again.retain(3))
                .extracting(PersistedImage::index)
                .as("one sound one is older and kept: three were asked for")
                .isEmpty();
        assertThat(images.resolve("image.20")).doesNotExist();
        assertThat(indices(again)).containsExactly(40L, 30L, 10L);
        assertThat(again.unsound()).isEmpty();
        assertThat(indices(open())).containsExactly(40L, 30L, 10L);
    }

    @Test
    void damagedImagesOfThisStoreGoAndNothingElse() throws IOException {
        ImageStore store = open();
        Path shortened = live.upTo(1).make(store).directory();
        Path unreadable = live.upTo(2).make(store).directory();
        Path newer = live.upTo(3).make(store).directory();
        Path withoutManifest = live.upTo(4).make(store).directory();
        Files.writeString(shortened.resolve("CURRENT"), "cut");
        Files.writeString(unreadable.resolve("MANIFEST"), "damaged");
        Files.write(newer.resolve("MANIFEST"), ManifestCodec.frame(2, new byte[] {1, 2, 3}));
        Files.delete(withoutManifest.resolve("MANIFEST"));
        Files.writeString(images.resolve("image.5"), "looks like one");
        live.upTo(10).make(store);
        store.recheck();
        store.retain(2);
        assertThat(shortened).as("only one sound image is newer").exists();
        live.upTo(20).make(store);
        store.retain(2);
        assertThat(shortened).doesNotExist();
        assertThat(unreadable).doesNotExist();
        assertThat(newer).as("another build reads it").exists();
        assertThat(withoutManifest).exists();
        assertThat(images.resolve("image.5")).hasContent("looks like one");
        assertThat(store.unsound()).hasSize(3);
    }

    @Test
    void whatIsNotOursIsLeftAlone() throws IOException {
        live.upTo(10).make(open());
        Lineage other = new Lineage(new UUID(3, 4), "main", 2);
        Path foreign = images.resolve("image.77");
        try (LiveState stranger = new LiveState(epoch.resolve("stranger"), "s")) {
            ImageStore strangers = ImageStore.open(files, epoch.resolve("strangers"), other);
            Files.move(stranger.upTo(77).make(strangers).directory(), foreign);
        }
        Files.createDirectories(images.resolve("notes/more"));
        Files.writeString(images.resolve("image.010"), "mine");
        Files.writeString(images.resolve("image.9"), "looks like one");
        Files.createSymbolicLink(images.resolve("image.8"), images.resolve("image.10"));
        Map<String, Integer> photo = Trees.photo(images);
        ImageStore store = open();
        assertThat(indices(store)).containsExactly(10L);
        assertThat(store.unsound())
                .extracting(unsound -> unsound.directory().getFileName().toString())
                .containsExactlyInAnyOrder("image.77", "image.8", "image.9");
        store.retain(2);
        assertThat(Trees.photo(images)).isEqualTo(photo);
        live.upTo(77);
        assertThatThrownBy(() -> live.make(store))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("another cluster or epoch");
        assertThat(Trees.photo(images)).isEqualTo(photo);
        assertThat(store.remove(9)).isTrue();
        assertThat(store.remove(8)).isTrue();
        verify(store.images().get(0));
    }

    /** Fault B14: the number in its name is what the journal is purged to and what others ask for. */
    @Test
    void anImageUnderTheNameOfAnotherIndexIsNone() throws IOException {
        ImageStore store = open();
        PersistedImage image = live.upTo(10).make(store);
        Trees.copy(image.directory(), images.resolve("image.11"));
        store.recheck();
        assertThat(indices(store)).containsExactly(10L);
        assertThat(store.unsound()).singleElement().satisfies(unsound -> {
            assertThat(unsound.directory()).isEqualTo(images.resolve("image.11"));
            assertThat(unsound.reason()).contains("the index in the name").contains("10");
        });
        assertThatThrownBy(() -> store.reserve(11)).isInstanceOf(CorruptStateException.class);
        live.upTo(11);
        verify(live.make(store));
        assertThat(indices(open())).containsExactly(11L, 10L);
    }

    @Test
    void aFullDiskPublishesNothingAndTheNextOneSucceeds() throws IOException {
        live.upTo(10).make(open());
        live.upTo(20);
        FaultyDisk trial = new FaultyDisk(epoch);
        live.make(ImageStore.open(trial, images, PaperState.LINEAGE));
        List<Operation> writes = trial.trace().stream()
                .filter(operation -> operation.verb().equals("write"))
                .toList();
        assertThat(writes).hasSize(1);
        live.upTo(30);
        FaultyDisk full = new FaultyDisk(epoch, epoch, writes.get(0), Fault.FULL);
        ImageStore store = ImageStore.open(full, images, PaperState.LINEAGE);
        assertThatThrownBy(() -> live.make(store))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("No space left");
        assertThat(full.fired()).isTrue();
        assertThat(store.usableSpace()).isZero();
        assertThat(indices(store)).containsExactly(20L, 10L);
        assertThat(images).isDirectoryNotContaining(path -> path.toString().contains("ckpt"));
        assertThat(indices(open())).containsExactly(20L, 10L);
        live.make(open());
        assertThat(indices(open())).containsExactly(30L, 20L, 10L);
    }

    @Test
    void aStateIsBuiltFromAnImageAndLeavesItAlone() throws IOException {
        live.upTo(40);
        PersistedImage image = live.make(open());
        Map<String, Integer> photo = Trees.photo(image.directory());
        live.upTo(45);
        StateDirectories directories = new StateDirectories(files, epoch);
        assertThat(directories.current()).isEqualTo(epoch.resolve("state"));
        Path published;
        try (PreparedState prepared = directories.prepare(image)) {
            assertThatThrownBy(() -> directories.prepare(image)).isInstanceOf(IllegalStateException.class);
            published = prepared.publish();
        }
        assertThat(directories.current()).isEqualTo(epoch.resolve("state.2")).isEqualTo(published);
        try (LiveState next = new LiveState(published, "v")) {
            assertThat(next.state().applied().index()).isEqualTo(40);
            next.upTo(45);
            assertThat(next.state().current()).isEqualTo(live.state().current());
            next.state().flush();
        }
        assertThat(Trees.photo(image.directory())).isEqualTo(photo);
        live.state().abandon();
        directories.clean(published);
        assertThat(epoch.resolve("state")).doesNotExist();
        verify(image);
    }

    @Test
    void anImageThatIsNotWhatItsManifestSaysBecomesNoState() throws IOException {
        live.upTo(10);
        PersistedImage image = live.make(open());
        ImageManifest manifest = image.manifest();
        PersistedImage lie = new PersistedImage(
                image.directory(),
                new ImageManifest(
                        manifest.clusterId(),
                        manifest.store(),
                        manifest.epoch(),
                        manifest.position(),
                        manifest.revision(),
                        "0".repeat(32),
                        manifest.membership(),
                        manifest.created(),
                        manifest.provenance(),
                        manifest.origin(),
                        manifest.files()));
        StateDirectories directories = new StateDirectories(files, epoch);
        assertThatThrownBy(() -> directories.prepare(lie)).isInstanceOf(CorruptStateException.class);
        assertThat(epoch.resolve("state.new")).doesNotExist();
        PreparedState prepared = directories.prepare(image);
        assertThat(epoch.resolve("state.new")).exists();
        prepared.close();
        prepared.close();
        assertThat(epoch.resolve("state.new")).doesNotExist();
        assertThat(directories.current()).isEqualTo(epoch.resolve("state"));
    }
}
