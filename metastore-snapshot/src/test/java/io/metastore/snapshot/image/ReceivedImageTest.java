package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.image.ReceivedImage.Missing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedImageTest {

    private final DiskFileLayer files = new DiskFileLayer();
    private final SampleImage sample = SampleImage.of(7, "000001.sst", "elevenbytes", "CURRENT", "five!", "EMPTY", "");

    private int contentChecks;
    private Path images;
    private Path receiving;

    @BeforeEach
    void create(@TempDir Path temporary) {
        images = temporary;
        receiving = images.resolve("image.receiving");
    }

    private ReceivedImage receive(SampleImage image) {
        return receive(image.manifest());
    }

    private ReceivedImage receive(ImageManifest manifest) {
        return new ReceivedImage(
                files,
                receiving,
                images.resolve("image." + manifest.position().index()),
                manifest,
                (directory, promised) -> contentChecks++);
    }

    @Test
    void publishesWhatWasSentUnderItsIndexWithItsSender() throws IOException {
        // given
        ReceivedImage image = receive(sample);
        assertThat(image.missing())
                .extracting(missing -> missing.file().name())
                .containsExactly("000001.sst", "CURRENT");
        // when
        sample.sendTo(image, 4);
        assertThat(image.missing()).isEmpty();
        PersistedImage persisted = image.complete("n2");
        // then
        assertThat(persisted.directory()).isEqualTo(images.resolve("image.7"));
        assertThat(persisted.manifest().provenance()).hasToString("received from n2");
        assertThat(contentChecks).isEqualTo(1);
        assertThat(list(images)).containsExactly("image.7");
        assertThat(list(persisted.directory())).containsExactly("000001.sst", "CURRENT", "EMPTY", "MANIFEST");
        for (String name : sample.contents().keySet()) {
            assertThat(persisted.directory().resolve(name))
                    .hasBinaryContent(sample.contents().get(name));
        }
    }

    @Test
    void goesOnWhereItStoppedAlsoWithTheSameBytesFromAnother() {
        // given
        ReceivedImage first = receive(sample);
        first.write("000001.sst", 0, sample.bytes("000001.sst", 0, 4));
        // when: the same image, which another member has received before
        ImageManifest elsewhere =
                sample.manifest().withProvenance(new Provenance(Provenance.Kind.RECEIVED, "somebody"));
        ReceivedImage second = receive(elsewhere);
        // then
        assertThat(second.missing().get(0))
                .isEqualTo(new Missing(sample.manifest().files().get(0), 4));
        assertThat(sample.sendTo(second, 4)).isEqualTo(12);
        assertThat(second.complete("n3").index()).isEqualTo(7);
    }

    @Test
    void whatIsCompleteIsNotFetchedAgain() {
        ReceivedImage first = receive(sample);
        sample.sendTo(first, 100);
        assertThat(receive(sample).missing()).isEmpty();
    }

    @Test
    void beginsAnewForAnotherImageAndForTheSameStateInOtherBytes() {
        for (SampleImage other : List.of(
                SampleImage.of(8, "000001.sst", "elevenbytes"), SampleImage.of(7, "000001.sst", "ELEVENBYTES"))) {
            receive(sample).write("000001.sst", 0, sample.bytes("000001.sst", 0, 4));
            ReceivedImage image = receive(other);
            assertThat(image.receivedBytes()).isZero();
            assertThat(image.missing())
                    .containsExactly(new Missing(other.manifest().files().get(0), 0));
        }
    }

    @Test
    void aFileWhoseEndWasLostIsDeletedWhenItIsCompleteAndFetchedAgain() throws IOException {
        // given: the length survived a power loss, the bytes did not
        receive(sample).write("000001.sst", 0, sample.bytes("000001.sst", 0, 8));
        Files.write(receiving.resolve("000001.sst.part"), new byte[8]);
        ReceivedImage image = receive(sample);
        // when
        assertThatThrownBy(() -> sample.sendTo(image, 100))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("000001.sst");
        // then
        assertThat(image.missing().get(0).offset()).isZero();
        sample.sendTo(image, 100);
        assertThat(image.complete("n2").index()).isEqualTo(7);
    }

    @Test
    void aFileThatChangedAfterItWasReceivedIsNoticedAtTheEnd() throws IOException {
        ReceivedImage image = receive(sample);
        sample.sendTo(image, 100);
        Files.write(receiving.resolve("000001.sst"), "elevenbyteZ".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> image.complete("n2"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("000001.sst");
        assertThat(contentChecks).isZero();
        sample.sendTo(image, 100);
        assertThat(image.complete("n2").index()).isEqualTo(7);
    }

    /** What came is not read again for its digest, so that a member beside others reads less; the end reads everything. */
    @Test
    void whatTheDiskMadeOfBytesThatCameIsLookedAtAtTheEnd() throws IOException {
        // given
        ReceivedImage image = receive(sample);
        image.write("000001.sst", 0, sample.bytes("000001.sst", 0, 4));
        Files.write(receiving.resolve("000001.sst.part"), new byte[4]);
        // when
        image.write("000001.sst", 4, sample.bytes("000001.sst", 4, 7));
        sample.sendTo(image, 100);
        assertThat(image.missing()).isEmpty();
        // then
        assertThatThrownBy(() -> image.complete("n2"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("000001.sst");
        assertThat(contentChecks).isZero();
        sample.sendTo(image, 100);
        assertThat(image.complete("n2").index()).isEqualTo(7);
    }

    @Test
    void whatWasReadBackBeforeIsNotReadAtTheEnd() throws IOException {
        // given
        ReceivedImage image = receive(sample);
        assertThat(image.write("000001.sst", 0, sample.bytes("000001.sst", 0, 4)))
                .isFalse();
        assertThat(image.write("000001.sst", 4, sample.bytes("000001.sst", 4, 7)))
                .isTrue();
        ImageFile file = sample.manifest().file("000001.sst");
        // when
        assertThat(image.isAsPromised(file, bytes -> {})).isTrue();
        image.readBack(file);
        sample.sendTo(image, 100);
        // then
        AtomicLong verified = new AtomicLong();
        assertThat(image.complete("n2", verified::addAndGet).index()).isEqualTo(7);
        assertThat(verified).as("the other file").hasValue(5);
    }

    @Test
    void whatReplacesAFileThatWasReadBackIsNotPublished() throws IOException {
        // given
        Path victim = Files.writeString(images.resolve("victim"), "elevenbytes");
        ReceivedImage image = receive(sample);
        sample.sendTo(image, 100);
        ImageFile file = sample.manifest().file("000001.sst");
        assertThat(image.isAsPromised(file, bytes -> {})).isTrue();
        image.readBack(file);
        // when
        link("000001.sst", victim);
        // then
        assertThatThrownBy(() -> image.complete("n2"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("000001.sst");
        assertThat(victim).hasContent("elevenbytes");
        // and: what comes in its place is read like any other
        sample.sendTo(image, 100);
        Files.write(receiving.resolve("000001.sst"), "elevenbyteZ".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> image.complete("n2")).isInstanceOf(CorruptStateException.class);
        sample.sendTo(image, 100);
        assertThat(image.complete("n2").index()).isEqualTo(7);
    }

    @Test
    void lookingWhetherAFileIsAsPromisedChangesNothing() throws IOException {
        ReceivedImage image = receive(sample);
        sample.sendTo(image, 100);
        ImageFile file = sample.manifest().file("000001.sst");
        for (String other : List.of("elevenbyteZ", "elevenbytes!", "")) {
            Files.write(receiving.resolve("000001.sst"), other.getBytes(StandardCharsets.UTF_8));
            assertThat(image.isAsPromised(file, bytes -> {})).as(other).isFalse();
            assertThat(receiving.resolve("000001.sst")).hasContent(other);
        }
        assertThat(image.missing()).isEmpty();
        Files.delete(receiving.resolve("000001.sst"));
        assertThat(image.isAsPromised(file, bytes -> {})).isFalse();
        assertThatThrownBy(() -> image.complete("n2")).isInstanceOf(CorruptStateException.class);
    }

    @Test
    void refusesBytesThatAreNotTheNextOnes() throws IOException {
        ReceivedImage image = receive(sample);
        image.write("000001.sst", 0, new byte[] {1, 2});
        List<String> before = list(receiving);
        assertRefused(image, "000001.sst", 0, 2); // again
        assertRefused(image, "000001.sst", 4, 2); // a gap
        assertRefused(image, "000001.sst", 2, 10); // one too many
        assertRefused(image, "000001.sst", 2, 0);
        assertRefused(image, "000001.sst", -1, 2);
        assertRefused(image, "000001.sst", Long.MAX_VALUE, 2);
        assertRefused(image, "MANIFEST", 0, 2);
        assertRefused(image, "000001.sst.part", 2, 2);
        assertRefused(image, "../escaped", 0, 2);
        assertRefused(image, "/tmp/escaped", 0, 2);
        assertRefused(image, "", 0, 2);
        assertThat(list(receiving)).isEqualTo(before);
        assertThat(receiving.resolve("000001.sst.part")).hasBinaryContent(new byte[] {1, 2});
    }

    private static void assertRefused(ReceivedImage image, String name, long offset, int length) {
        assertThatThrownBy(() -> image.write(name, offset, new byte[length]))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("nothing was written");
    }

    @Test
    void refusesManifestsThatUseItsOwnNamesOrMoreBytesThanCanBe() throws IOException {
        String digest = SampleImage.sha256(new byte[0]);
        for (List<ImageFile> hostile : List.of(
                List.of(new ImageFile("a", 1, digest), new ImageFile("a.part", 1, digest)),
                List.of(new ImageFile("MANIFEST.tmp", 1, digest)),
                List.of(new ImageFile("a", Long.MAX_VALUE, digest), new ImageFile("b", Long.MAX_VALUE, digest)))) {
            assertThatThrownBy(() -> receive(SampleImage.manifest(7, hostile)))
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageContaining("manifest cannot be received");
        }
        assertThat(list(images)).isEmpty();
    }

    @Test
    void anEmptyFileWithTheDigestOfAnotherIsRefused() {
        ImageFile lie = new ImageFile("EMPTY", 0, SampleImage.sha256(new byte[1]));
        assertThatThrownBy(() -> receive(SampleImage.manifest(7, List.of(lie))))
                .isInstanceOf(CorruptStateException.class);
    }

    @Test
    void refusesWhatDoesNotFitOnTheDiskWithBothFigures() {
        long bytes = 1L << 60;
        ImageFile huge = new ImageFile("huge", bytes, SampleImage.sha256(new byte[0]));
        assertThatThrownBy(() -> receive(SampleImage.manifest(7, List.of(huge))))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("needed=" + bytes)
                .hasMessageContaining("reserve=" + ReceivedImage.RESERVE_BYTES)
                .hasMessageContaining("available=");
    }

    @Test
    void onlyWhatIsStillMissingHasToFit() throws IOException {
        MemoryFileLayer memory = new MemoryFileLayer(); // Says that 1 TiB is free.
        Path directory = Path.of("/image");
        memory.createDirectories(directory);
        ImageFile large =
                new ImageFile("large", (1L << 40) - ReceivedImage.RESERVE_BYTES + 1, SampleImage.sha256(new byte[0]));
        ImageManifest manifest = SampleImage.manifest(7, List.of(large));
        Path part = directory.resolve("image.receiving");
        assertThatThrownBy(() ->
                        new ReceivedImage(memory, part, directory.resolve("image.7"), manifest, (path, promised) -> {}))
                .isInstanceOf(DirectoryUnusableException.class);
        memory.write(part.resolve("large.part"), 0, new byte[1]);
        ReceivedImage image =
                new ReceivedImage(memory, part, directory.resolve("image.7"), manifest, (path, promised) -> {});
        assertThat(image.missing()).containsExactly(new Missing(large, 1));
    }

    @Test
    void refusesToReceiveWhatIsThereAlready() throws IOException {
        Files.createDirectory(images.resolve("image.7"));
        assertThatThrownBy(() -> receive(sample))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("image.7");
    }

    @Test
    void writesThroughNoLink() throws IOException {
        // given: links in every place where something is going to be written
        Path victim = Files.writeString(images.resolve("victim"), "precious");
        Path elsewhere = Files.createDirectory(images.resolve("elsewhere"));
        Path kept = Files.writeString(elsewhere.resolve("kept"), "precious");
        receive(sample);
        link("000001.sst", victim);
        link("000001.sst.part", victim);
        link("CURRENT.part", elsewhere);
        link("CURRENT", images.resolve("missing"));
        link("stranger", elsewhere);
        // when
        ReceivedImage image = receive(sample);
        assertThat(image.receivedBytes()).isZero();
        link("000001.sst.part", images.resolve("dangling"));
        image.write("000001.sst", 0, sample.bytes("000001.sst", 0, 4));
        Files.delete(receiving.resolve("000001.sst.part"));
        link("000001.sst.part", victim);
        // then
        assertThatThrownBy(() -> image.write("000001.sst", 4, new byte[4]))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("000001.sst.part");
        ReceivedImage again = receive(sample);
        sample.sendTo(again, 4);
        link("late", elsewhere);
        PersistedImage persisted = again.complete("n2");
        assertThat(list(persisted.directory())).containsExactly("000001.sst", "CURRENT", "EMPTY", "MANIFEST");
        assertThat(victim).hasContent("precious");
        assertThat(kept).hasContent("precious");
        assertThat(images.resolve("missing")).doesNotExist();
        assertThat(images.resolve("dangling")).doesNotExist();
    }

    @Test
    void aReceivingDirectoryThatIsALinkIsReplaced() throws IOException {
        Path elsewhere = Files.createDirectory(images.resolve("elsewhere"));
        Path kept = Files.writeString(elsewhere.resolve("kept"), "precious");
        Files.createSymbolicLink(receiving, elsewhere);
        sample.sendTo(receive(sample), 4);
        assertThat(Files.isSymbolicLink(receiving)).isFalse();
        assertThat(kept).hasContent("precious");
        assertThat(list(elsewhere)).containsExactly("kept");
    }

    @Test
    void nothingIsLeftOfAnImageWhoseStateIsNotWhatItPromises() throws IOException {
        ReceivedImage image = new ReceivedImage(
                files, receiving, images.resolve("image.7"), sample.manifest(), (directory, promised) -> {
                    throw new CorruptStateException("another fingerprint");
                });
        sample.sendTo(image, 4);
        assertThatThrownBy(() -> image.complete("n2"))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("another fingerprint");
        assertThat(list(images)).isEmpty();
        assertThatThrownBy(() -> image.complete("n2")).isInstanceOf(IllegalStateException.class);
        assertThat(receive(sample).receivedBytes()).isZero();
    }

    @Test
    void aVerificationThatIsEndedChangesNothing() {
        ReceivedImage image = receive(sample);
        sample.sendTo(image, 4);
        IllegalStateException end = new IllegalStateException("closed");
        assertThatThrownBy(() -> image.complete("n2", bytes -> {
                    throw end;
                }))
                .isSameAs(end);
        assertThat(image.complete("n2").index()).isEqualTo(7);
    }

    private void link(String name, Path target) throws IOException {
        Path link = receiving.resolve(name);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
