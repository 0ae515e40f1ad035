package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Codecs;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ProgressListener;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.internal.store.RaftMetaStore;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole single member, with its RocksDB and its journal on the disk, is opened, written to, flushed and closed, over and over, with each of our own
 * file operations failing, and ending the process, in turn. After each run it is opened again: everything acknowledged is there.
 */
class StoreFaultTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final String STORE = "store";
    private static final int SIDE_BY_SIDE = 4;
    private static final String STATE = "stores/main/epoch-000001/state";

    private Path temporary;
    private final AtomicInteger runs = new AtomicInteger();

    @BeforeEach
    void temporary(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
    }

    @Test
    void aNewStoreLosesNothingWhateverOperationGoesWrong() throws IOException {
        enumerate("new", null, List.of());
    }

    @Test
    void aStoreThatWasClosedLosesNothingWhateverOperationGoesWrong() throws IOException {
        Path before = temporary.resolve("before");
        try (MetaStore store = open(before, new DiskFileLayer())) {
            store.table(NOTES).put("old", "v");
        }
        enumerate("closed", before, List.of("old"));
    }

    /** As a process leaves it that is killed in its first opening; the journal has entries already because power was lost as well. */
    @Test
    void aStateWhoseCreationWasCutOffIsMadeAnewWhateverOperationGoesWrong() throws IOException {
        Path before = temporary.resolve("before");
        try (MetaStore store = open(before, new DiskFileLayer())) {
            store.table(NOTES).put("old", "v");
        }
        cutOffCreation(before.resolve(STORE).resolve(STATE));
        enumerate("cut off", before, List.of("old"));
    }

    @Test
    void aStateWithoutAnythingStaysRefusedWhenTheJournalHasLostItsBeginning() throws IOException {
        Path before = temporary.resolve("before");
        try (MetaStore store = open(before, new DiskFileLayer())) {
            store.table(NOTES).put("old", "v");
        }
        Path directory = before.resolve(STORE);
        cutOffCreation(directory.resolve(STATE));
        Path first = only(directory, "log_");
        Files.move(first, first.resolveSibling("log_inprogress_7"));
        Map<String, Integer> photo = Trees.photo(directory);
        assertThatThrownBy(() -> open(before, new DiskFileLayer())).isInstanceOf(CorruptStateException.class);
        assertThat(Trees.photo(directory)).isEqualTo(photo);
    }

    /** Leaves what RocksDB writes first. */
    private static void cutOffCreation(Path state) throws IOException {
        try (Stream<Path> files = Files.list(state)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().matches("LOCK|LOG|IDENTITY|MANIFEST-.*")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Path only(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void enumerate(String what, @Nullable Path before, List<String> there) throws IOException {
        long started = System.nanoTime();
        Path base = prepare(before);
        FaultyDisk untouched = new FaultyDisk(base);
        Run first = new Run(base, untouched, there);
        assertThat(first.failure()).isNull();
        first.check(base, "nothing went wrong", "c", "d");
        List<Operation> operations = untouched.trace();
        assertThat(new HashSet<>(operations)).hasSameSizeAs(operations);

        Left left = Left.now();
        List<Callable<Integer>> faults = new ArrayList<>();
        boolean changed = true;
        for (Operation operation : operations) {
            faults.add(() -> error(before, operation, there));
            if (changed || operation.changes()) { // A process that only looked around since leaves nothing else behind.
                faults.add(() -> crash(before, operation, there));
            }
            changed = operation.changes();
        }
        int opened = runAll(faults);
        left.awaitReturn();
        System.out.println("store " + what + ": " + operations.size() + " operations, " + faults.size() + " faults, "
                + opened + " directories opened afterwards, " + (System.nanoTime() - started) / 1_000_000_000 + " s");
        assertThat(faults).hasSizeGreaterThan(50);
    }

    /** Side by side, as each mostly waits for the disk; returns the sum of their results. */
    private static int runAll(List<Callable<Integer>> faults) {
        ExecutorService pool = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        try {
            int sum = 0;
            for (Future<Integer> fault : pool.invokeAll(faults)) {
                sum += fault.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private int error(@Nullable Path before, Operation operation, List<String> there) throws IOException {
        Path base = prepare(before);
        FaultyDisk disk = new FaultyDisk(base, base, operation, Fault.ERROR);
        Run run = new Run(base, disk, there);
        run.checkFailed(operation + " failed");
        run.check(base, operation + " failed, the same process goes on", "c");
        Trees.delete(base);
        return 1;
    }

    private int crash(@Nullable Path before, Operation operation, List<String> there) throws IOException {
        Path base = prepare(before);
        Path image = base.resolveSibling(base.getFileName() + "-image");
        FaultyDisk disk = new FaultyDisk(base, image, operation, Fault.CRASH);
        Run run = new Run(base, disk, there);
        run.checkFailed("crash in " + operation);
        Path lost = base.resolveSibling(base.getFileName() + "-lost");
        Trees.copy(image, lost);
        boolean differs = disk.losePower(lost);
        run.check(image, "killed in " + operation, "c");
        if (differs) { // Twice: what repairs itself once must not break the second time.
            run.check(lost, "power lost in " + operation, "c", "d");
        }
        Trees.delete(base);
        Trees.delete(image);
        Trees.delete(lost);
        return differs ? 2 : 1;
    }

    private Path prepare(@Nullable Path before) throws IOException {
        Path base = Files.createDirectory(temporary.resolve("run" + runs.incrementAndGet()));
        if (before != null) {
            Trees.copy(before, base);
        }
        return base;
    }

    private static MetaStore open(Path base, FileLayer files) {
        return StoreAssembly.open(
                new OpenSettings(
                        base.resolve(STORE),
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        false,
                        List.of(),
                        Limits.defaults(),
                        Timeouts.defaults(),
                        CheckpointPolicy.defaults(),
                        ProgressListener.NONE,
                        null,
                        List.of()),
                files);
    }

    /** One run and what it was told. */
    private static final class Run {

        private final FaultyDisk disk;
        private final List<String> acknowledged;
        private @Nullable MetastoreException failure;

        Run(Path base, FaultyDisk disk, List<String> there) {
            this.disk = disk;
            this.acknowledged = new ArrayList<>(there);
            try (MetaStore store = open(base, disk)) {
                Table<String, String> notes = store.table(NOTES);
                put(notes, "a");
                ((RaftMetaStore) store).node().state().flush();
                put(notes, "b");
            } catch (MetastoreException e) {
                failure = e;
            }
        }

        private void put(Table<String, String> notes, String key) {
            notes.put(key, "v");
            acknowledged.add(key);
        }

        @Nullable
        MetastoreException failure() {
            return failure;
        }

        void checkFailed(String what) {
            assertThat(disk.fired()).as("%s: it happened", what).isTrue();
            assertThat(failure).as("%s: somebody is told", what).isNotNull();
        }

        /** Opens it, looks for everything and writes one more, once for each of the keys. */
        void check(Path base, String what, String... keys) {
            try {
                for (String more : keys) {
                    try (MetaStore store = open(base, new DiskFileLayer())) {
                        Table<String, String> notes = store.table(NOTES);
                        for (String key : acknowledged) {
                            assertThat(notes.get(key)).as("%s: %s", what, key).contains("v");
                        }
                        assertThat(MemberProbe.recomputeFingerprint(store))
                                .as(what)
                                .isEqualTo(MemberProbe.of(store).fingerprint());
                        put(notes, more);
                    }
                }
            } catch (MetastoreException e) {
                throw new AssertionError("cannot be used again: " + what + " after " + failure, e);
            } finally {
                acknowledged.removeAll(List.of(keys));
            }
        }
    }

    /** Threads and open files of this process; what each of some hundred runs left open would show. */
    private record Left(int threads, int descriptors) {

        static Left now() {
            String[] open = Path.of("/proc/self/fd").toFile().list();
            return new Left(Thread.getAllStackTraces().size(), open == null ? 0 : open.length);
        }

        void awaitReturn() {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                Left now = now();
                assertThat(now.threads).isLessThanOrEqualTo(threads + 5);
                assertThat(now.descriptors).isLessThanOrEqualTo(descriptors + 5);
            });
        }
    }
}
