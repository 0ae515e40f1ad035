package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MemberAddress;
import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.MemoryFileLayer;
import io.metastore.snapshot.image.ImageVerification.Depth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Every operation of an export and of an import fails or is the last one; whatever a power loss may leave then is looked at. */
class ImageFaultTest {

    static {
        System.setProperty("org.slf4j.simpleLogger.log.io.metastore.snapshot.files", "warn");
    }

    private static final Path IMAGES = Path.of("/m/image");
    private static final PersistedImage IMAGE = image(new MemoryFileLayer());
    private static final Path TARGET = Path.of("/backup/main.msimage");
    private static final Path MEMBER = Path.of("/n");
    private static final MemberAddress SELF = MemberAddress.voter("fe1", "10.0.1.1:9010");
    private static final Expectation EXPECTATION = Expectation.bootstrap(SELF, List.of(SELF), ClusterIds.NO_TOKEN);
    private static final Identity IDENTITY = Identity.member(
            ClusterIds.clusterIdOf(List.of(SELF), ClusterIds.NO_TOKEN),
            ClusterIds.NO_TOKEN,
            Instant.ofEpochSecond(1_800_000_000),
            SELF);
    private static final Membership GIVEN = Membership.bootstrap(List.of(SELF), IDENTITY);
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);

    private int operations;
    private int survivors;
    private final Set<List<String>> seen = new HashSet<>();

    /** Before the export: an image, and a directory for the archive. */
    private static MemoryFileLayer withImage() {
        MemoryFileLayer layer = new MemoryFileLayer();
        assertThat(image(layer)).isEqualTo(IMAGE);
        return layer.afterProcessCrash();
    }

    private static PersistedImage image(MemoryFileLayer layer) {
        try {
            layer.createDirectories(Path.of("/backup"));
            return TestImages.synthetic(layer, IMAGES, false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Before the import: an archive. */
    private static MemoryFileLayer withArchive() {
        MemoryFileLayer layer = withImage();
        ImageArchive.export(layer, IMAGE, TARGET, ImageProgress.NONE);
        return layer.afterProcessCrash();
    }

    @Test
    void anExportIsThereAsAWholeOrNotAtAll() {
        enumerate(
                ImageFaultTest::withImage,
                layer -> ImageArchive.export(layer, IMAGE, TARGET, ImageProgress.NONE),
                ImageFaultTest::checkExported);
        System.out.println("export: " + operations + " operations, " + survivors + " survivors");
    }

    private static void checkExported(MemoryFileLayer found, boolean done) {
        List<String> names = names(found, "/backup");
        boolean there = names.contains("main.msimage");
        assertThat(there || !done).as("done, and there: %s", names).isTrue();
        ImageVerification.verify(found, IMAGE, Depth.FILES, ImageProgress.NONE);
        if (there) {
            ImageArchive.verify(found, TARGET, ImageProgress.NONE);
        } else {
            ImageArchive.export(found, IMAGE, TARGET, ImageProgress.NONE);
            assertThat(names(found, "/backup")).containsExactly("main.msimage");
        }
    }

    /** When the process goes on after an error, nothing but a complete archive is there. */
    @Test
    void anExportThatFailedLeavesNothingBehind() {
        for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER)) {
            for (int operation = 1; ; operation++) {
                MemoryFileLayer layer = withImage().failAt(operation, fault);
                boolean failed = fails(() -> ImageArchive.export(layer, IMAGE, TARGET, ImageProgress.NONE));
                if (layer.fired() == null) {
                    break;
                }
                assertThat(failed)
                        .as("success although %s went wrong", layer.fired())
                        .isTrue();
                List<String> left = names(layer.afterProcessCrash(), "/backup");
                if (layer.fired().verb().equals("delete") || left.contains("main.msimage")) {
                    continue; // What could not be deleted is replaced by the next export; the name could not be forced.
                }
                assertThat(left).as("after %s %s", layer.fired(), fault).isEmpty();
            }
        }
    }

    @Test
    void anImportIsThereAsAWholeOrNotAtAll() {
        enumerate(ImageFaultTest::withArchive, ImageFaultTest::importImage, this::checkImported);
        System.out.println("import: " + operations + " operations, " + survivors + " survivors");
    }

    private static void importImage(MemoryFileLayer layer) {
        try (MemberDirectory directory = MemberDirectory.open(layer, MEMBER, EXPECTATION)) {
            ImageImport content =
                    ImageImport.of(layer, TARGET, CLOCK, ImageProgress.NONE, (files, path, manifest, progress) -> {});
            directory.initialize(IDENTITY, GIVEN, content);
        }
    }

    private void checkImported(MemoryFileLayer found, boolean done) {
        boolean empty;
        try (MemberDirectory directory = MemberDirectory.open(found, MEMBER, EXPECTATION)) {
            empty = directory.isEmpty();
            if (!empty) {
                assertThat(directory.identity()).isEqualTo(IDENTITY);
                assertThat(directory.membership()).isEqualTo(GIVEN);
                checkImage(found, directory.epochDirectory());
            }
        }
        assertThat(empty && done).as("done, and gone").isFalse();
        ImageArchive.verify(found, TARGET, ImageProgress.NONE);
        if (empty) {
            assertThat(names(found, MEMBER.toString())).isSubsetOf("LOCK", "stores");
            assertThat(found.listing()).noneMatch(line -> line.contains("epoch-"));
            importImage(found);
            checkImported(found, true);
        }
    }

    private static void checkImage(MemoryFileLayer found, Path epoch) {
        assertThat(names(found, epoch.toString())).containsExactly("image", "membership");
        assertThat(names(found, epoch.resolve("image").toString())).containsExactly("image.41");
        Path directory = epoch.resolve("image/image.41");
        Path file = directory.resolve(ImageManifest.FILE);
        try {
            ImageManifest manifest = ManifestCodec.decode(file, found.read(file));
            ImageVerification.verify(found, new PersistedImage(directory, manifest), Depth.FILES, ImageProgress.NONE);
            assertThat(manifest.clusterId()).isEqualTo(IDENTITY.clusterId());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What may be found after each fault, each file system once, is given to the check with whether the action had said that it was done. */
    private void enumerate(Supplier<MemoryFileLayer> before, Consumer<MemoryFileLayer> action, Check check) {
        MemoryFileLayer untouched = before.get();
        action.accept(untouched);
        operations = untouched.trace().size();
        checkAll(untouched, true, check);
        for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
            for (int operation = 1; operation <= operations; operation++) {
                checkAll(run(before.get(), operation, fault, action), false, check);
            }
        }
        List<MemoryFileLayer.Operation> trace = untouched.trace();
        for (int operation = 1; operation <= operations; operation++) {
            int bytes = trace.get(operation - 1).bytes();
            for (int kept : bytes == 0 ? new int[0] : new int[] {0, bytes / 2, bytes}) {
                checkAll(run(before.get(), operation, Fault.tear(kept), action), false, check);
            }
        }
    }

    private static MemoryFileLayer run(
            MemoryFileLayer layer, int operation, Fault fault, Consumer<MemoryFileLayer> action) {
        layer.failAt(operation, fault);
        boolean failed = fails(() -> action.accept(layer));
        assertThat(layer.fired()).as("operation %d", operation).isNotNull();
        assertThat(failed)
                .as("success although %s went wrong by %s", layer.fired(), fault)
                .isTrue();
        return layer;
    }

    private interface Check {
        void check(MemoryFileLayer found, boolean done);
    }

    private void checkAll(MemoryFileLayer layer, boolean done, Check check) {
        List<MemoryFileLayer> found = new ArrayList<>(List.of(layer.afterProcessCrash()));
        layer.afterPowerLoss().forEach(survivor -> found.add(survivor.layer()));
        for (MemoryFileLayer one : found) {
            survivors++;
            if (seen.add(one.facts())) {
                try {
                    check.check(one, done);
                } catch (MetastoreException | AssertionError e) {
                    throw new AssertionError("after " + layer.fired() + " in " + one.listing(), e);
                }
            }
        }
    }

    /** By one of our errors or by the end of the process; never by another. */
    private static boolean fails(Runnable action) {
        try {
            action.run();
            return false;
        } catch (MetastoreException e) {
            return true;
        } catch (RuntimeException e) {
            assertThat(e.getClass().getSimpleName()).as("%s", e).isEqualTo("SimulatedCrash");
            return true;
        }
    }

    private static List<String> names(MemoryFileLayer layer, String directory) {
        try {
            return layer.list(Path.of(directory));
        } catch (IOException e) {
            return List.of();
        }
    }
}
