package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.ImageVerification.Verified;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real image, damaged in every way in every file, is refused and the file is named. */
class ImageVerificationTest {

    private static final int RECORDS = 5_000;
    private static final long SEED = 71;

    @TempDir
    private static Path made;

    private static PersistedImage sound;

    @BeforeAll
    static void make() throws IOException {
        sound = TestImages.real(made, RECORDS, 256);
    }

    @Test
    void acceptsASoundImageAndSaysWhatItHolds() throws IOException {
        List<String> before = names();
        List<String> steps = new ArrayList<>();
        Verified verified = ImageVerification.verify(
                TestImages.DISK,
                sound,
                Depth.FULL,
                (step, done, total, unit) -> steps.add(step + " " + done + " " + unit));
        assertThat(verified.files()).isEqualTo(sound.manifest().files().size());
        assertThat(verified.bytes()).isEqualTo(sound.manifest().bytes());
        assertThat(verified.records()).isEqualTo(RECORDS);
        assertThat(verified.duration()).isPositive();
        assertThat(steps)
                .contains("digests of files " + verified.bytes() + " BYTES")
                .endsWith("fingerprint of records " + RECORDS + " RECORDS");
        assertThat(names()).as("nothing is written").isEqualTo(before);

        Verified files = ImageVerification.verify(TestImages.DISK, sound, Depth.FILES, ImageProgress.NONE);
        assertThat(files.records()).isEqualTo(-1);
    }

    /** As a member does that runs on: the image loses its name, then its files become shorter. */
    @Test
    void anImageThatIsDeletedMeanwhileIsNotCalledDamaged(@TempDir Path temporary) throws IOException {
        for (String at : List.of("digests of files", "checksums of blocks")) {
            Path directory = temporary.resolve(sound.directory().getFileName());
            Trees.photograph(sound.directory(), directory);
            PersistedImage image = new PersistedImage(directory, sound.manifest());
            ImageProgress deleting = (step, done, total, unit) -> {
                if (step.equals(at) && Files.exists(directory)) {
                    delete(directory, temporary.resolve(at));
                }
            };
            assertThatExceptionOfType(DirectoryUnusableException.class)
                    .as(at)
                    .isThrownBy(() -> ImageVerification.verify(TestImages.DISK, image, Depth.FULL, deleting))
                    .withMessageContaining("deleted while it was read")
                    .withMessageContaining(directory.toString());
        }
    }

    @Test
    void noArchiveIsMadeOfAnImageThatIsDeletedMeanwhile(@TempDir Path temporary) throws IOException {
        Path directory = temporary.resolve(sound.directory().getFileName());
        Trees.photograph(sound.directory(), directory);
        Path target = temporary.resolve("export.zip");
        ImageProgress deleting = (step, done, total, unit) -> {
            if (Files.exists(directory)) {
                delete(directory, temporary.resolve("deleting"));
            }
        };
        assertThatExceptionOfType(DirectoryUnusableException.class)
                .isThrownBy(() -> ImageArchive.export(
                        TestImages.DISK, new PersistedImage(directory, sound.manifest()), target, deleting));
        assertThat(temporary).isDirectoryContaining("glob:**deleting").isDirectoryNotContaining("glob:**export*");
    }

    private static void delete(Path directory, Path aside) {
        try {
            Files.move(directory, aside);
            try (Stream<Path> files = Files.list(aside)) {
                for (Path file : files.toList()) {
                    TestImages.DISK.shorten(file, Files.size(file) / 2);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(sound.directory())) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    /** What can happen to the bytes of a file. */
    private static Map<String, UnaryOperator<byte[]>> damages() {
        Random random = new Random(SEED);
        Map<String, UnaryOperator<byte[]>> damages = new LinkedHashMap<>();
        damages.put("first bit", bytes -> flipped(bytes, 0, 0));
        damages.put("last bit", bytes -> flipped(bytes, bytes.length - 1, 7));
        for (int i = 0; i < 5; i++) {
            damages.put("bit " + i, bytes -> flipped(bytes, random.nextInt(bytes.length), random.nextInt(8)));
        }
        damages.put("emptied", bytes -> new byte[0]);
        damages.put("one byte short", bytes -> Arrays.copyOf(bytes, bytes.length - 1));
        damages.put("half", bytes -> Arrays.copyOf(bytes, bytes.length / 2));
        damages.put("zeroed", bytes -> new byte[bytes.length]);
        damages.put("last half zeroed", bytes -> Arrays.copyOf(Arrays.copyOf(bytes, bytes.length / 2), bytes.length));
        damages.put("one byte more", bytes -> Arrays.copyOf(bytes, bytes.length + 1));
        damages.put("a page more", bytes -> Arrays.copyOf(bytes, bytes.length + 4096));
        return damages;
    }

    private static byte[] flipped(byte[] bytes, int at, int bit) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= (byte) (1 << bit);
        return damaged;
    }

    @Test
    void refusesEveryDamageOfEveryFile(@TempDir Path directory) throws IOException {
        PersistedImage copy = copyTo(directory);
        int refused = 0;
        List<String> kinds = new ArrayList<>();
        for (String name : TestImages.DISK.list(copy.directory())) {
            kinds.add(name.replaceAll("[0-9]+", "N"));
            Path file = copy.directory().resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            for (Map.Entry<String, UnaryOperator<byte[]>> damage : damages().entrySet()) {
                byte[] damaged = bytes.length > 0 || damage.getKey().endsWith("more")
                        ? damage.getValue().apply(bytes)
                        : bytes;
                if (!Arrays.equals(damaged, bytes)) { // The log of a checkpoint is empty.
                    Files.write(file, damaged);
                    checkRefused(copy, Depth.FILES, name, "seed " + SEED + ", " + damage.getKey());
                    refused++;
                }
            }
            Files.delete(file);
            checkRefused(copy, Depth.FILES, name, "deleted");
            Files.createDirectory(file);
            checkRefused(copy, Depth.FILES, name, "a directory");
            Files.delete(file);
            Files.createSymbolicLink(file, sound.directory().resolve(name));
            checkRefused(copy, Depth.FILES, name, "a link to the same bytes");
            Files.delete(file);
            Files.write(file, bytes);
            refused += 3;
        }
        for (String extra : List.of("000099.sst", "MANIFEST.tmp", ".hidden", "LOG")) {
            Path file = copy.directory().resolve(extra);
            Files.write(file, new byte[] {1});
            checkRefused(copy, Depth.FILES, extra, "extra file");
            Files.delete(file);
            Files.createDirectory(file);
            checkRefused(copy, Depth.FILES, extra, "extra directory");
            Files.delete(file);
            refused += 2;
        }
        ImageVerification.verify(TestImages.DISK, copy, Depth.FULL, ImageProgress.NONE);
        assertThat(kinds).contains("MANIFEST", "CURRENT", "MANIFEST-N", "OPTIONS-N", "N.sst");
        System.out.println("damages refused: " + refused + " in files " + kinds);
    }

    /** Damage that came before the digests were taken: the state itself must show it. Table files have a checksum over everything that is read from them. */
    @Test
    void refusesTableFilesWhoseDigestsWereTakenAfterTheDamage(@TempDir Path directory) throws IOException {
        PersistedImage copy = copyTo(directory);
        Random random = new Random(SEED);
        for (ImageFile table : sound.manifest().files()) {
            if (!table.isImmutable()) {
                continue;
            }
            Path file = copy.directory().resolve(table.name());
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < 12; i++) {
                byte[] damaged = flipped(bytes, random.nextInt(bytes.length), random.nextInt(8));
                Files.write(file, damaged);
                PersistedImage sealed = seal(copy.directory(), withFile(file, table.name()));
                ImageVerification.verify(TestImages.DISK, sealed, Depth.FILES, ImageProgress.NONE);
                checkRefused(sealed, Depth.FULL, "", "seed " + SEED + " round " + i + " " + table.name());
            }
            Files.write(file, bytes);
        }
    }

    private static ImageManifest withFile(Path file, String name) throws IOException {
        List<ImageFile> files = new ArrayList<>();
        for (ImageFile each : sound.manifest().files()) {
            files.add(
                    each.name().equals(name)
                            ? new ImageFile(name, Files.size(file), Sha256.of(TestImages.DISK, file, read -> {}))
                            : each);
        }
        return new Fields(sound.manifest()).files(files);
    }

    /** Every component of the manifest changed and sealed again; all that can be known better is noticed. */
    @Test
    void noticesEveryFieldThatContradictsTheImage(@TempDir Path directory) throws IOException {
        PersistedImage copy = copyTo(directory);
        ImageManifest manifest = sound.manifest();
        Fields fields = new Fields(manifest);
        Revision revision = manifest.revision();
        LogPosition position = manifest.position();

        Map<String, ImageManifest> stateful = new LinkedHashMap<>();
        stateful.put("position.term", fields.position(new LogPosition(position.term() + 1, position.index())));
        stateful.put("position.index", fields.position(new LogPosition(position.term(), position.index() - 1)));
        stateful.put("revision.epoch", fields.revision(new Revision(9, revision.number(), revision.position())));
        stateful.put("revision.number", fields.revision(new Revision(revision.epoch(), 1, revision.position())));
        stateful.put(
                "revision.position",
                fields.revision(new Revision(revision.epoch(), revision.number(), LogPosition.NONE)));
        stateful.put("fingerprint", fields.fingerprint("0".repeat(32)));
        stateful.forEach((field, changed) -> {
            PersistedImage sealed = seal(copy.directory(), changed);
            checkRefused(sealed, Depth.FULL, field.replaceAll("\\..*", ""), field);
        });

        Map<String, ImageManifest> listed = new LinkedHashMap<>();
        for (int i = 0; i < manifest.files().size(); i++) {
            ImageFile file = manifest.files().get(i);
            String name = file.name();
            listed.put(name + " renamed", fields.file(i, new ImageFile("x" + name, file.bytes(), file.sha256())));
            listed.put(name + " longer", fields.file(i, new ImageFile(name, file.bytes() + 1, file.sha256())));
            listed.put(
                    name + " other digest",
                    fields.file(i, new ImageFile(name, file.bytes(), otherDigest(file.sha256()))));
            listed.put(name + " left out", fields.file(i, null));
        }
        listed.forEach((field, changed) -> {
            PersistedImage sealed = seal(copy.directory(), changed);
            checkRefused(sealed, Depth.FILES, field.replaceAll(" .*", ""), field);
        });

        Map<String, ImageManifest> lineage = new LinkedHashMap<>();
        lineage.put("clusterId", fields.lineage(new Lineage(new UUID(8, 8), "main", 3)));
        lineage.put("store", fields.lineage(new Lineage(TestImages.CLUSTER, "other", 3)));
        lineage.put("epoch", fields.lineage(new Lineage(TestImages.CLUSTER, "main", 4)));
        assertThat(TestImages.LINEAGE.contains(manifest)).isTrue();
        lineage.forEach((field, changed) ->
                assertThat(TestImages.LINEAGE.contains(changed)).as(field).isFalse());

        // Nothing else knows these: only that they are not what they were is noticed, by who read the manifest before.
        Map<String, ImageManifest> told = new LinkedHashMap<>(lineage);
        told.put("membership", fields.membership());
        told.put("created", fields.created(Instant.EPOCH));
        told.put("provenance", manifest.withProvenance(new Provenance(Provenance.Kind.DUMPED, "fe1")));
        told.put("origin", fields.origin(new Origin(new UUID(1, 1), 1, position, revision, Instant.EPOCH)));
        told.putAll(stateful);
        told.putAll(listed);
        told.forEach((field, changed) -> {
            assertThat(changed).as(field).isNotEqualTo(manifest);
            seal(copy.directory(), changed);
            checkRefused(copy, Depth.FILES, "", field);
        });
        assertThat(Stream.concat(told.keySet().stream(), Stream.of("files"))
                        .map(field -> field.replaceAll("\\..*", "")))
                .as("every component")
                .containsAll(Arrays.stream(ImageManifest.class.getRecordComponents())
                        .map(component -> component.getName())
                        .toList());
    }

    private static String otherDigest(String digest) {
        return (digest.charAt(0) == '0' ? '1' : '0') + digest.substring(1);
    }

    private static PersistedImage copyTo(Path directory) throws IOException {
        Path copy = directory.resolve("image." + sound.index());
        Trees.copy(sound.directory(), copy);
        return new PersistedImage(copy, sound.manifest());
    }

    private static PersistedImage seal(Path directory, ImageManifest manifest) {
        try {
            Files.write(directory.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new PersistedImage(directory, manifest);
    }

    private static void checkRefused(PersistedImage image, Depth depth, String named, String what) {
        assertThatExceptionOfType(CorruptStateException.class)
                .as(what)
                .isThrownBy(() -> ImageVerification.verify(TestImages.DISK, image, depth, ImageProgress.NONE))
                .withMessageContaining(image.directory().toString())
                .withMessageContaining(named)
                .satisfies(e -> {
                    if (depth == Depth.FILES) {
                        assertThat(e).hasMessageContaining("expected: ").hasMessageContaining("found: ");
                    }
                });
    }
}
