package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.Codecs;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Limits;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.raft.internal.store.RaftMetaStore;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FaultPoints;
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
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A whole member, alone without a port or the one voter of a cluster on a network, with its RocksDB and its journal on the disk, is opened, written to, flushed and closed, over and over, with each of our own
 * file operations failing, and ending the process, in turn. After each run it is opened again: everything acknowledged is there.
 */
class StoreFaultTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final String STORE = "store";
    private static final int SIDE_BY_SIDE = 4;
    private static final String STATE = "stores/main/epoch-000001/state";

    private Path temporary;
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger partlyLost = new AtomicInteger();

    @BeforeEach
    void temporary(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
    }

    @ParameterizedTest
    @EnumSource
    void aNewStoreLosesNothingWhateverOperationGoesWrong(Kind kind) throws IOException {
        enumerate(kind, "new", null, List.of());
    }

    @Test
    void aStoreThatWasClosedLosesNothingWhateverOperationGoesWrong() throws IOException {
        Kind kind = Kind.SINGLE; // What is special about the other is its first opening.
        Path before = temporary.resolve("before");
        try (MetaStore store = kind.open(before, new DiskFileLayer())) {
            store.table(NOTES).put("old", "v");
        }
        enumerate(kind, "closed", before, List.of("old"));
    }

    /** As a process leaves it that is killed in its first opening; the journal has entries already because power was lost as well. */
    @Test
    void aStateWhoseCreationWasCutOffIsMadeAnewWhateverOperationGoesWrong() throws IOException {
        Kind kind = Kind.SINGLE;
        Path before = temporary.resolve("before");
        try (MetaStore store = kind.open(before, new DiskFileLayer())) {
            store.table(NOTES).put("old", "v");
        }
        cutOffCreation(before.resolve(STORE).resolve(STATE));
        enumerate(kind, "cut off", before, List.of("old"));
    }

    @Test
    void aStateWithoutAnythingStaysRefusedWhenTheJournalHasLostItsBeginning() throws IOException {
        Path before = temporary.resolve("before");
        try (MetaStore store = Kind.SINGLE.open(before, new DiskFileLayer())) {
            store.table(NOTES).put("old", "v");
        }
        Path directory = before.resolve(STORE);
        cutOffCreation(directory.resolve(STATE));
        Path first = only(directory, "log_");
        Files.move(first, first.resolveSibling("log_inprogress_7"));
        Map<String, Integer> photo = Trees.photo(directory);
        assertThatThrownBy(() -> Kind.SINGLE.open(before, new DiskFileLayer()))
                .isInstanceOf(CorruptStateException.class);
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

    private void enumerate(Kind kind, String what, @Nullable Path before, List<String> there) throws IOException {
        long started = System.nanoTime();
        List<Operation> operations = new ArrayList<>(untouched(kind, before, there));
        assertThat(new HashSet<>(operations)).hasSameSizeAs(operations);
        operations.retainAll(untouched(kind, before, there)); // Without what a clock brings about once in a while.

        Left left = Left.now();
        List<Callable<Integer>> faults = new ArrayList<>();
        boolean changed = true;
        for (Operation operation : operations) {
            faults.add(() -> error(kind, before, operation, there));
            if (changed || operation.changes()) { // A process that only looked around since leaves nothing else behind.
                faults.add(() -> crash(kind, before, operation, there));
            }
            changed = operation.changes();
        }
        int opened = FaultPoints.runAll(FaultPoints.of(faults), SIDE_BY_SIDE);
        left.awaitReturn();
        System.out.println("store " + kind + " " + what + ": " + operations.size() + " operations, " + faults.size()
                + " faults, " + opened + " directories opened afterwards, " + partlyLost
                + " of them after a partial loss, " + (System.nanoTime() - started) / 1_000_000_000 + " s");
        assertThat(faults).hasSizeGreaterThan(50);
        if (FaultPoints.areAll()) {
            assertThat(partlyLost)
                    .as("power losses with some of it written back")
                    .hasPositiveValue();
        }
    }

    /** The operations of a run in which nothing goes wrong. */
    private List<Operation> untouched(Kind kind, @Nullable Path before, List<String> there) throws IOException {
        Path base = prepare(before);
        FaultyDisk disk = new FaultyDisk(base);
        Run run = new Run(kind, base, disk, there);
        assertThat(run.failure()).isNull();
        run.check(base, "nothing went wrong", "c", "d");
        return disk.trace();
    }

    private int error(Kind kind, @Nullable Path before, Operation operation, List<String> there) throws IOException {
        Path base = prepare(before);
        FaultyDisk disk = new FaultyDisk(base, base, operation, Fault.ERROR);
        Run run = new Run(kind, base, disk, there);
        run.checkFailed(operation + " failed");
        run.check(base, operation + " failed, the same process goes on", "c");
        Trees.delete(base);
        return 1;
    }

    private int crash(Kind kind, @Nullable Path before, Operation operation, List<String> there) throws IOException {
        Path base = prepare(before);
        Path image = base.resolveSibling(base.getFileName() + "-image");
        FaultyDisk disk = new FaultyDisk(base, image, operation, Fault.CRASH);
        Run run = new Run(kind, base, disk, there);
        run.checkFailed("crash in " + operation);
        Path lost = base.resolveSibling(base.getFileName() + "-lost");
        Trees.copy(image, lost);
        boolean differs = disk.losePower(lost);
        int partly = 0;
        for (BitSet written : disk.partlyWritten()) {
            Path some = base.resolveSibling(base.getFileName() + "-some" + ++partly);
            Trees.copy(image, some);
            disk.losePower(some, written);
            run.check(some, "power lost in " + operation + " but written back " + written, "c");
            Trees.delete(some);
        }
        partlyLost.addAndGet(partly);
        run.check(image, "killed in " + operation, "c"); // Last: it goes on in the image itself.
        if (differs) { // Twice: what repairs itself once must not break the second time.
            run.check(lost, "power lost in " + operation, "c", "d");
        }
        Trees.delete(base);
        Trees.delete(image);
        Trees.delete(lost);
        return (differs ? 2 : 1) + partly;
    }

    private Path prepare(@Nullable Path before) throws IOException {
        Path base = Files.createDirectory(temporary.resolve("run" + runs.incrementAndGet()));
        if (before != null) {
            Trees.copy(before, base);
        }
        return base;
    }

    /** Which member. */
    private enum Kind {
        SINGLE,
        /** Forms its cluster with itself: identity, membership and the end of forming are written at other moments, by another thread. */
        ONE_VOTER;

        MetaStore open(Path base, FileLayer files) {
            MemberAddress self = this == SINGLE ? null : MemberAddress.voter("fe1", "fe1:9010");
            return StoreAssembly.open(
                    TestSettings.of(
                            base.resolve(STORE),
                            self,
                            self == null ? List.of() : List.of(self),
                            Limits.defaults(),
                            Timeouts.defaults(),
                            self == null ? null : new SimulatedNetwork(1)),
                    files);
        }
    }

    /** One run and what it was told. */
    private static final class Run {

        private final Kind kind;
        private final FaultyDisk disk;
        private final List<String> acknowledged;
        private @Nullable MetastoreException failure;

        Run(Kind kind, Path base, FaultyDisk disk, List<String> there) {
            this.kind = kind;
            this.disk = disk;
            this.acknowledged = new ArrayList<>(there);
            try (MetaStore store = kind.open(base, disk)) {
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
                    try (MetaStore store = kind.open(base, new DiskFileLayer())) {
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
