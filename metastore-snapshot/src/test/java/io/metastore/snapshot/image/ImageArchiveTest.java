package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.Progress.Unit;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.image.ImageArchive.Exported;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An image becomes one file and is read back from it; whatever else has that form is refused. */
class ImageArchiveTest {

    private static final Path TARGET = Path.of("/backup/main.msimage");
    private static final Path TEMPORARY = Path.of("/backup/main.msimage.exporting");
    private static final Path OTHER = Path.of("/backup/other");

    private final MemoryFileLayer layer = new MemoryFileLayer();
    private PersistedImage image;

    @BeforeEach
    void make() throws IOException {
        image = TestImages.synthetic(layer, Path.of("/m/image"));
        layer.createDirectories(Path.of("/backup"));
    }

    private Exported export() {
        return ImageArchive.export(layer, image, TARGET, ImageProgress.NONE);
    }

    @Test
    void readsBackWhatItWrote() throws IOException {
        Exported exported = export();

        assertThat(exported.file()).isEqualTo(TARGET);
        assertThat(exported.manifest()).isEqualTo(image.manifest());
        assertThat(exported.bytes()).isEqualTo(layer.size(TARGET));
        assertThat(layer.list(Path.of("/backup"))).containsExactly("main.msimage");
        assertThat(ImageArchive.describe(layer, TARGET)).isEqualTo(image.manifest());
        var verified = ImageArchive.verify(layer, TARGET, ImageProgress.NONE);
        assertThat(verified.files()).isEqualTo(3);
        assertThat(verified.bytes()).isEqualTo(image.manifest().bytes());
    }

    @Test
    void isAnOrdinaryZipFileWithTheManifestInFront() throws IOException {
        export();
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(layer.read(TARGET)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                assertThat(zip.readAllBytes())
                        .isEqualTo(layer.read(image.directory().resolve(entry.getName())));
            }
        }
        assertThat(names).containsExactly("MANIFEST", "000009.sst", "CURRENT", "EMPTY");
    }

    @Test
    void theSameImageGivesTheSameBytes() throws IOException {
        export();
        ImageArchive.export(layer, image, OTHER, ImageProgress.NONE);
        assertThat(layer.read(OTHER)).isEqualTo(layer.read(TARGET));
    }

    @Test
    void reportsEveryByte() {
        List<String> reports = new ArrayList<>();
        ImageArchive.export(layer, image, TARGET, (step, done, total, unit) -> {
            assertThat(unit).isEqualTo(Unit.BYTES);
            reports.add(step + " " + done + "/" + total);
        });
        long bytes = image.manifest().bytes();
        assertThat(reports)
                .contains("writing the archive " + bytes + "/" + bytes)
                .endsWith("reading the archive back " + bytes + "/" + bytes);
    }

    @Test
    void refusesATargetThatExistsAndLeavesItAsItIs() throws IOException {
        layer.writeNew(TARGET, new byte[] {1, 2, 3});
        assertThatThrownBy(this::export)
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining("file=" + TARGET + " expected: ABSENT found: FILE");
        assertThat(layer.read(TARGET)).containsExactly(1, 2, 3);
        assertThat(layer.list(Path.of("/backup"))).containsExactly("main.msimage");
    }

    @Test
    void refusesADirectoryThatDoesNotExist() {
        assertThatThrownBy(() -> ImageArchive.export(layer, image, Path.of("/nowhere/a"), ImageProgress.NONE))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("/nowhere/a");
    }

    @Test
    void replacesWhatAnExportThatWasCutOffLeftBehind() throws IOException {
        layer.writeNew(TEMPORARY, new byte[100_000]);
        export();
        assertThat(layer.list(Path.of("/backup"))).containsExactly("main.msimage");
        ImageArchive.verify(layer, TARGET, ImageProgress.NONE);
    }

    /** Flips a bit, cuts off, adds to, deletes each file in turn, or adds one. */
    @Test
    void neverExportsADamagedImage() throws IOException {
        for (String name : layer.list(image.directory())) {
            Path file = image.directory().resolve(name);
            byte[] sound = layer.read(file);
            for (byte[] damaged : List.of(
                    flipped(sound), Arrays.copyOf(sound, sound.length + 1), Arrays.copyOf(sound, sound.length / 2))) {
                if (!Arrays.equals(damaged, sound)) {
                    layer.delete(file);
                    layer.writeNew(file, damaged);
                    checkNotExported(name);
                }
            }
            layer.delete(file);
            checkNotExported(name);
            layer.createDirectory(file);
            checkNotExported(name);
            layer.delete(file);
            layer.writeNew(file, sound);
        }
        layer.writeNew(image.directory().resolve("extra.sst"), new byte[1]);
        checkNotExported("extra.sst");
    }

    private static byte[] flipped(byte[] sound) {
        byte[] damaged = sound.clone();
        if (damaged.length > 0) {
            damaged[damaged.length / 2] ^= 4;
        }
        return damaged;
    }

    /** A bit turns over on its way to a disk that says that all is well: it is found while the image is still there, not when the archive is needed. */
    @Test
    void whatTheDiskDidNotKeepIsFoundByReadingItBack() throws IOException {
        long bytes = export().bytes();
        layer.delete(TARGET);
        int found = 0;
        int tried = 0;
        for (long at = 0; at < bytes; at += Math.max(1, bytes / 40)) {
            AtomicBoolean turned = new AtomicBoolean();
            tried++;
            try {
                ImageArchive.export(turningOver(at, turned), image, TARGET, ImageProgress.NONE);
                layer.delete(TARGET); // It reads back as what it is all the same.
            } catch (CorruptStateException | DirectoryUnusableException e) {
                found++;
                assertThat(layer.kind(TARGET)).as("at %s", at).isEqualTo(FileLayer.Kind.ABSENT);
                assertThat(layer.kind(TEMPORARY)).as("at %s", at).isEqualTo(FileLayer.Kind.ABSENT);
            }
            assertThat(turned).as("at %s", at).isTrue();
        }
        assertThat(found).as("of %s", tried).isGreaterThan(tried / 2);
        assertThat(export().bytes()).isEqualTo(bytes);
    }

    private FileLayer turningOver(long at, AtomicBoolean turned) {
        return (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    if (Set.of("write", "writeThrough").contains(method.getName()) && arguments[0].equals(TEMPORARY)) {
                        long offset = (Long) arguments[1];
                        byte[] written = ((byte[]) arguments[2]).clone();
                        if (at >= offset && at < offset + written.length) {
                            written[(int) (at - offset)] ^= 1;
                            turned.set(true);
                        }
                        arguments[2] = written;
                    }
                    try {
                        return method.invoke(layer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void checkNotExported(String name) throws IOException {
        assertThatThrownBy(this::export)
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(image.directory().toString());
        assertThat(layer.list(Path.of("/backup"))).isEmpty();
    }

    /** Whatever bit it is: refused, or one that says nothing about the image. */
    @Test
    void everyFlippedBitIsRefusedOrOfNoConsequence() throws IOException {
        export();
        byte[] sound = layer.read(TARGET);
        int accepted = 0;
        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            if (!isRefused(damaged)) {
                accepted++;
            }
        }
        // Times, and the list of entries at the end, which is not what is read.
        assertThat(accepted).isLessThan(400);
        System.out.println("flips of " + sound.length + " bytes: " + accepted + " of no consequence");
    }

    @Test
    void everyTruncationAndEveryExtensionIsRefused() throws IOException {
        export();
        byte[] sound = layer.read(TARGET);
        for (int length = 0; length < sound.length; length++) {
            assertThat(isRefused(Arrays.copyOf(sound, length)))
                    .as("length %d", length)
                    .isTrue();
        }
        for (int extra : new int[] {1, 22, 5000}) {
            assertThat(isRefused(Arrays.copyOf(sound, sound.length + extra)))
                    .as("extra %d", extra)
                    .isTrue();
        }
        byte[] twice = Arrays.copyOf(sound, 2 * sound.length);
        System.arraycopy(sound, 0, twice, sound.length, sound.length);
        assertThat(isRefused(twice)).isTrue();
    }

    /** Whether the archive is refused; if it is not, it must hold the image as it was. */
    private boolean isRefused(byte[] archive) throws IOException {
        MemoryFileLayer fresh = new MemoryFileLayer();
        fresh.writeNew(Path.of("/a"), archive);
        List<byte[]> contents = new ArrayList<>();
        try (ArchiveReader reader = ArchiveReader.open(fresh, Path.of("/a"))) {
            reader.readFiles(collecting(contents), "step", ImageProgress.NONE);
            assertThat(reader.manifest()).isEqualTo(image.manifest());
        } catch (CorruptStateException e) {
            assertThat(e).hasMessageContaining("/a").hasMessageContaining("expected");
            return true;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        contents.forEach(all::writeBytes);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (ImageFile file : image.manifest().files()) {
            expected.writeBytes(layer.read(image.directory().resolve(file.name())));
        }
        assertThat(all.toByteArray()).isEqualTo(expected.toByteArray());
        return false;
    }

    private static ArchiveReader.Sink collecting(List<byte[]> contents) {
        return new ArchiveReader.Sink() {
            @Override
            public void begin(ImageFile file) {}

            @Override
            public void bytes(byte[] bytes) {
                contents.add(bytes);
            }

            @Override
            public void end(ImageFile file) {}
        };
    }

    /** One entry of an archive made by hand. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(String name, byte[] bytes) {}

    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry("MANIFEST", ManifestCodec.encode(image.manifest())));
        for (ImageFile file : image.manifest().files()) {
            entries.add(new Entry(file.name(), layer.read(image.directory().resolve(file.name()))));
        }
        return entries;
    }

    private static byte[] zip(List<Entry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Entry entry : entries) {
                zip.putNextEntry(new ZipEntry(entry.name()));
                zip.write(entry.bytes());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void takesTheFilesInAnyOrderButNothingElse() throws IOException {
        List<Entry> entries = entries();
        assertThat(isRefused(zip(entries))).isFalse();

        for (int i = 0; i < entries.size(); i++) {
            List<Entry> missing = new ArrayList<>(entries);
            missing.remove(i);
            checkRefused(
                    missing, i == 0 ? "first entry" : "file=" + entries.get(i).name() + " expected: ");
        }
        for (String hostile : List.of(
                "../evil",
                "/etc/passwd",
                "a/../../evil",
                "C:\\evil",
                "..",
                "",
                "000009.sst/",
                "x",
                "CURRENT\u0000",
                "MANIFEST ")) {
            List<Entry> more = new ArrayList<>(entries);
            more.add(2, new Entry(hostile, new byte[] {1}));
            checkRefused(more, "expected: an entry of the manifest that did not come yet");
        }
        List<Entry> moved = new ArrayList<>(entries);
        moved.add(moved.remove(0));
        checkRefused(moved, "first entry");
    }

    /** The library does not write an entry twice, so two names of one length are made one. */
    @Test
    void refusesAnEntryThatComesTwice() throws IOException {
        List<Entry> entries = entries();
        entries.add(new Entry("CURREN_", entries.get(2).bytes()));
        byte[] archive = zip(entries);
        byte[] text = "CURREN_".getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at + text.length <= archive.length; at++) {
            if (Arrays.equals(archive, at, at + text.length, text, 0, text.length)) {
                archive[at + 6] = 'T';
            }
        }
        layer.writeNew(OTHER, archive);
        assertThatThrownBy(() -> ImageArchive.verify(layer, OTHER, ImageProgress.NONE))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("file='CURRENT' expected: an entry of the manifest that did not come yet");
    }

    /** An entry that unpacks to far more than the manifest says is left after one byte more; one that is not listed is not unpacked at all. */
    @Test
    void doesNotUnpackBombs() throws IOException {
        List<Entry> listed = entries();
        listed.set(2, new Entry("CURRENT", new byte[40 << 20]));
        checkRefused(listed, "file=CURRENT expected: 16 bytes found: more");

        List<Entry> unlisted = entries();
        unlisted.add(2, new Entry("bomb", new byte[40 << 20]));
        checkRefused(unlisted, "did not come yet");

        List<Entry> manifest = entries();
        manifest.set(0, new Entry("MANIFEST", new byte[40 << 20]));
        checkRefused(manifest, "MANIFEST");
    }

    /** More entries than the end record of zip can count: that is in another record then, which must be there. */
    @Test
    void readsMoreEntriesThanZipOnceCouldCount() throws IOException {
        String empty = new Sha256().hex();
        List<ImageFile> files = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 66_000; i++) {
            files.add(new ImageFile("f" + i, 0, empty));
            entries.add(new Entry("f" + i, new byte[0]));
        }
        entries.add(0, new Entry("MANIFEST", ManifestCodec.encode(new Fields(image.manifest()).files(files))));
        byte[] archive = zip(entries);
        layer.writeNew(OTHER, archive);
        assertThat(ImageArchive.verify(layer, OTHER, ImageProgress.NONE).files())
                .isEqualTo(66_000);

        layer.delete(OTHER);
        archive[archive.length - 22 - 20] ^= 1; // The signature of the record that says where the other one is.
        layer.writeNew(OTHER, archive);
        assertThatThrownBy(() -> ImageArchive.verify(layer, OTHER, ImageProgress.NONE))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("ZIP64");
    }

    @Test
    void refusesSizesThatTheArchiveCannotHoldBeforeAnythingIsWritten() throws IOException {
        ImageManifest sound = image.manifest();
        List<ImageFile> files = new ArrayList<>(sound.files());
        for (String name : List.of("LARGE", "LARGER")) {
            files.add(new ImageFile(name, Long.MAX_VALUE, "0".repeat(64)));
        }
        ImageManifest claims = new ImageManifest(
                sound.clusterId(),
                sound.store(),
                sound.epoch(),
                sound.position(),
                sound.revision(),
                sound.fingerprint(),
                sound.membership(),
                sound.created(),
                sound.provenance(),
                null,
                files);
        List<Entry> entries = entries();
        entries.set(0, new Entry("MANIFEST", ManifestCodec.encode(claims)));
        checkRefused(entries, "no more than the archive can hold");
    }

    @Test
    void refusesWhatIsNoArchive() throws IOException {
        for (byte[] bytes : List.of(new byte[0], new byte[100], "<html>404</html>".getBytes(StandardCharsets.UTF_8))) {
            layer.writeNew(OTHER, bytes);
            assertThatExceptionOfType(CorruptStateException.class)
                    .isThrownBy(() -> ImageArchive.describe(layer, OTHER))
                    .withMessageContaining("image=" + OTHER);
            layer.delete(OTHER);
        }
        assertThatThrownBy(() -> ImageArchive.describe(layer, OTHER))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("expected: FILE found: ABSENT");
    }

    private void checkRefused(List<Entry> entries, String reason) throws IOException {
        layer.writeNew(OTHER, zip(entries));
        assertThatThrownBy(() -> ImageArchive.verify(layer, OTHER, ImageProgress.NONE))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining(OTHER.toString());
        layer.delete(OTHER);
    }
}
