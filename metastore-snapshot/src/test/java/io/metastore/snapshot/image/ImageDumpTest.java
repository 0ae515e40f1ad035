package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.ImageArchive.Exported;
import io.metastore.snapshot.image.Provenance.Kind;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.StateCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a living state holds goes into a file without an image on disk, exactly, while it goes on. */
class ImageDumpTest {

    static {
        // What could not be cleaned up is told with a stack trace each time, which is the case a hundred times here.
        System.setProperty("org.slf4j.simpleLogger.log.io.metastore.snapshot.image.ImageDump", "off");
    }

    private static final ImageFacts FACTS = new ImageFacts(
            TestImages.MEMBERSHIP,
            Instant.ofEpochSecond(1_790_000_000),
            new Provenance(Kind.DUMPED, "fe1"),
            null,
            true);

    private final Path base;
    private final Path scratch;
    private final Path target;

    ImageDumpTest(@TempDir Path temporary) throws IOException {
        this.base = temporary.toRealPath();
        this.scratch = base.resolve("scratch");
        this.target = base.resolve("dumped.msimage");
    }

    private Exported dump(FileLayer layer, ImageDump.Checkpointing state) {
        return ImageDump.dump(layer, state, scratch, TestImages.LINEAGE, FACTS, target, ImageProgress.NONE);
    }

    @Test
    void holdsTheStateAtOneMomentWhileEntriesAreApplied() throws Exception {
        try (MetaState state = TestImages.state(base.resolve("state"), 2_000, 100)) {
            Map<Long, String> fingerprints = new ConcurrentHashMap<>();
            fingerprints.put(state.applied().index(), state.fingerprint());
            AtomicBoolean stop = new AtomicBoolean();
            List<Throwable> failures = new ArrayList<>();
            Thread writer = new Thread(() -> {
                for (int next = 2_000; !stop.get(); next++) {
                    TestImages.put(state, next, 1, 100);
                    fingerprints.put(state.applied().index(), state.fingerprint());
                }
            });
            writer.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            long before = state.applied().index();
            writer.start();
            Exported exported;
            try {
                exported = dump(TestImages.DISK, state::checkpoint);
            } finally {
                stop.set(true);
                writer.join();
            }
            assertThat(failures).isEmpty();
            ImageManifest manifest = exported.manifest();
            assertThat(manifest.provenance()).isEqualTo(new Provenance(Kind.DUMPED, "fe1"));
            assertThat(manifest.position().index())
                    .isBetween(before, state.applied().index());
            assertThat(state.applied().index())
                    .as("entries were applied meanwhile")
                    .isGreaterThan(before + 5);
            assertThat(manifest.fingerprint())
                    .isEqualTo(fingerprints.get(manifest.position().index()));
        }
        ImageArchive.verify(TestImages.DISK, target, ImageProgress.NONE);
        assertThat(TestImages.DISK.list(scratch)).isEmpty();
    }

    /** Damage in the living state's own files is found before it is handed on as a good backup. */
    @Test
    void neverDumpsADamagedState() throws IOException {
        try (MetaState state = TestImages.state(base.resolve("state"), 5_000, 200)) {
            assertThatThrownBy(() -> dump(TestImages.DISK, directory -> {
                        StateCheckpoint checkpoint = state.checkpoint(directory);
                        damageLargestTable(directory);
                        return checkpoint;
                    }))
                    .isInstanceOf(CorruptStateException.class);
        }
        assertThat(target).doesNotExist();
        assertThat(TestImages.DISK.list(scratch)).isEmpty();
    }

    private static void damageLargestTable(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            Path table = files.filter(file -> file.toString().endsWith(".sst"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(table);
            bytes[bytes.length / 3] ^= 1;
            Files.delete(table); // Its other name is in the living state.
            Files.write(table, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesATargetThatExistsAndWhatIsInTheWay() throws IOException {
        try (MetaState state = TestImages.state(base.resolve("state"), 10, 100)) {
            Files.writeString(target, "mine");
            assertThatThrownBy(() -> dump(TestImages.DISK, state::checkpoint))
                    .isInstanceOf(DirectoryMismatchException.class);
            assertThat(target).hasContent("mine");
            Files.delete(target);

            Files.createDirectories(scratch.resolve("image.dump/left over"));
            Files.createDirectories(scratch.resolve("image.dump.tmp"));
            dump(TestImages.DISK, state::checkpoint);
            assertThat(TestImages.DISK.list(scratch)).isEmpty();
        }
    }

    @Test
    void everyErrorLeavesNoArchiveAndAnEmptyScratchDirectory() throws IOException {
        try (MetaState state = TestImages.state(base.resolve("state"), 50, 100)) {
            FaultyDisk untouched = new FaultyDisk(base);
            dump(untouched, state::checkpoint);
            List<Operation> operations = untouched.trace();
            for (Operation operation : operations) {
                Files.deleteIfExists(target);
                Trees.delete(scratch);
                FaultyDisk disk = new FaultyDisk(base, base, operation, Fault.ERROR);
                boolean failed = fails(disk, state);
                assertThat(disk.fired()).as("%s", operation).isTrue();
                check(operation, failed, operations);
            }
            System.out.println("dump: " + operations.size() + " operations failed");
        }
    }

    /** Cleaning up at the end may fail without the dump failing, the last force of a name without the archive being gone. */
    private void check(Operation operation, boolean failed, List<Operation> operations) throws IOException {
        List<Operation> renamed = operations.stream()
                .filter(each -> each.verb().equals("rename") && each.path().equals("dumped.msimage"))
                .toList();
        assertThat(renamed).hasSize(1);
        boolean named = operations.indexOf(operation) > operations.indexOf(renamed.get(0));
        boolean forcing = operation.verb().equals("force");
        assertThat(failed).as("%s", operation).isEqualTo(!named || forcing);
        assertThat(Files.exists(target)).as("%s", operation).isEqualTo(named);
        if (named) {
            ImageArchive.verify(TestImages.DISK, target, ImageProgress.NONE);
        }
        if (!named && !operation.verb().equals("delete")) {
            assertThat(TestImages.DISK.list(base)).as("%s", operation).doesNotContain("dumped.msimage.exporting");
        }
    }

    private boolean fails(FileLayer disk, MetaState state) {
        try {
            dump(disk, state::checkpoint);
            return false;
        } catch (MetastoreException e) {
            return true;
        }
    }
}
