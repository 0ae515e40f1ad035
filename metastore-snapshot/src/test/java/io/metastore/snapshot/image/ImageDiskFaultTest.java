package io.metastore.snapshot.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.state.StateCheckpoint;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An image of a real state is made, the oldest is deleted, and a new state is built from it and takes the place of the old one; over and over, with each of our
 * file operations failing, and ending the process, in turn. Afterwards, and after losing the power as well, images and state are opened.
 */
class ImageDiskFaultTest {

    private static final int SIDE_BY_SIDE = 3;
    private static final List<List<Long>> ALLOWED =
            List.of(List.of(20L, 10L), List.of(30L, 20L, 10L), List.of(30L, 20L));

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger absent = new AtomicInteger();
    private Path temporary;
    private Path before;

    @BeforeEach
    void aStateWithTwoImages(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
        before = Files.createDirectory(temporary.resolve("before"));
        try (LiveState live = new LiveState(before.resolve("state"), "v")) {
            ImageStore store = open(before, new DiskFileLayer());
            live.upTo(10).make(store);
            live.upTo(20).make(store);
        }
    }

    private static ImageStore open(Path base, FileLayer files) {
        return ImageStore.open(files, base.resolve("image"), PaperState.LINEAGE);
    }

    @Test
    void imagesAndStateAreSoundWhateverOperationGoesWrong() throws IOException {
        long started = System.nanoTime();
        Path base = prepare();
        FaultyDisk untouched = new FaultyDisk(base);
        assertThat(new Run(base, untouched).failure).isNull();
        assertThat(check(base, "nothing went wrong")).isEqualTo(List.of(30L, 20L));
        List<Operation> operations = untouched.trace();
        assertThat(new HashSet<>(operations)).hasSameSizeAs(operations);
        List<Callable<Integer>> faults = new ArrayList<>();
        boolean changed = true;
        for (Operation operation : operations) {
            faults.add(() -> error(operation));
            if (changed || operation.changes()) { // A process that only looked around since leaves nothing else behind.
                faults.add(() -> crash(operation));
            }
            changed = operation.changes();
        }
        List<Callable<Integer>> visited = FaultPoints.of(faults);
        int opened = FaultPoints.runAll(visited, SIDE_BY_SIDE);
        assertThat(absent.get())
                .as("operations on table files that a run did not have")
                .isLessThan(Math.max(5, faults.size() / 10));
        System.out.println("images on disk: " + operations.size() + " operations, " + faults.size() + " faults, "
                + absent.get() + " of them at table files that the run did not have, " + opened
                + " directories opened afterwards, " + (System.nanoTime() - started) / 1_000_000_000 + " s");
        assertThat(opened).isGreaterThan(visited.size());
    }

    private int error(Operation operation) throws IOException {
        Path base = prepare();
        FaultyDisk disk = new FaultyDisk(base, base, operation, Fault.ERROR);
        Run run = new Run(base, disk);
        if (isAbsent(operation, disk, run)) {
            return 0;
        }
        run.checkFailed(operation);
        Path lost = base.resolveSibling(base.getFileName() + "-lost");
        Trees.copy(base, lost);
        boolean differs = disk.losePower(lost);
        check(base, operation + " failed, " + run.failure);
        if (differs) {
            check(lost, operation + " failed, then power lost, " + run.failure);
        }
        return differs ? 2 : 1;
    }

    private int crash(Operation operation) throws IOException {
        Path base = prepare();
        Path image = base.resolveSibling(base.getFileName() + "-image");
        FaultyDisk disk = new FaultyDisk(base, image, operation, Fault.CRASH);
        Run run = new Run(base, disk);
        if (isAbsent(operation, disk, run)) {
            return 0;
        }
        run.checkFailed(operation);
        Path lost = base.resolveSibling(base.getFileName() + "-lost");
        Trees.copy(image, lost);
        boolean differs = disk.losePower(lost);
        check(image, "killed in " + operation);
        if (differs) {
            check(lost, "power lost in " + operation);
        }
        return differs ? 2 : 1;
    }

    /** RocksDB merges table files when it finds the time, so a run may have fewer of them than the one that was counted; then nothing went wrong. */
    private boolean isAbsent(Operation operation, FaultyDisk disk, Run run) {
        if (disk.fired() || !operation.path().contains("NUMBER")) {
            return false;
        }
        assertThat(disk.trace()).doesNotContain(operation);
        assertThat(run.failure).isNull();
        absent.incrementAndGet();
        return true;
    }

    /** Nothing is deleted before the end: a file system that has just deleted much takes several times as long to create a file. */
    private Path prepare() throws IOException {
        Path base = temporary.resolve("run" + runs.incrementAndGet());
        Trees.copy(before, base);
        return base;
    }

    /** One run until it is told of an error. */
    private static final class Run {

        private final FaultyDisk disk;
        private @Nullable MetastoreException failure;

        Run(Path base, FaultyDisk disk) {
            this.disk = disk;
            try (LiveState live = new LiveState(base.resolve("state"), "v")) {
                run(base, disk, live.upTo(30));
            } catch (MetastoreException e) {
                failure = e;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void run(Path base, FaultyDisk disk, LiveState live) throws IOException {
            ImageStore store = open(base, disk);
            PersistedImage image;
            try (PendingImage pending = store.begin()) {
                StateCheckpoint checkpoint = live.state().checkpoint(pending.directory());
                disk.madeElsewhere(pending.directory());
                image = pending.persist(checkpoint, PaperState.FACTS);
            }
            store.retain(2);
            StateDirectories directories = new StateDirectories(disk, base);
            try (ImageReservation reserved = store.reserve(image.index());
                    PreparedState prepared = directories.prepare(reserved.image())) {
                Path published = prepared.publish();
                assertThat(live.state().replace(published)).isCompleted();
                directories.clean(published);
            }
            live.upTo(35);
        }

        void checkFailed(Operation operation) {
            assertThat(disk.fired()).as("%s happened", operation).isTrue();
            boolean passedOver =
                    List.of("kind", "read", "size", "list", "delete").contains(operation.verb());
            assertThat(failure != null || passedOver)
                    .as("somebody is told of %s", operation)
                    .isTrue();
        }
    }

    private static List<Long> check(Path base, String what) throws IOException {
        DiskFileLayer files = new DiskFileLayer();
        ImageStore store = open(base, files);
        List<Long> found = store.images().stream().map(PersistedImage::index).toList();
        assertThat(found).as(what).isIn(ALLOWED);
        assertThat(store.unsound()).as(what).isEmpty();
        for (PersistedImage image : store.images()) {
            assertThat(PaperState.isWhole(files, image)).as(what).isTrue();
            try (StateInspection state = StateInspection.open(files, image.directory())) {
                assertThat(state.at().position())
                        .as(what)
                        .isEqualTo(image.manifest().position());
                assertThat(state.recomputeFingerprint(count -> {}))
                        .as(what)
                        .isEqualTo(image.manifest().fingerprint());
            }
        }
        StateDirectories directories = new StateDirectories(files, base);
        Path current = directories.current();
        directories.clean(current);
        try (LiveState live = new LiveState(current, "v")) {
            assertThat(live.state().applied().index()).as(what).isGreaterThanOrEqualTo(20);
            assertThat(live.state().recomputeFingerprint())
                    .as(what)
                    .isEqualTo(live.state().fingerprint());
            live.upTo(40).make(store);
        }
        checkNothingIsLeft(base, current, what);
        return found;
    }

    private static void checkNothingIsLeft(Path base, Path current, String what) throws IOException {
        try (Stream<Path> all = Files.walk(base, 2)) {
            assertThat(all.map(path -> base.relativize(path).toString()))
                    .as(what)
                    .noneMatch(path -> path.contains("ckpt") || path.contains("deleting") || path.endsWith(".tmp"))
                    .filteredOn(path -> path.startsWith("state") && !path.contains("/"))
                    .containsExactly(String.valueOf(current.getFileName()));
        }
    }
}
