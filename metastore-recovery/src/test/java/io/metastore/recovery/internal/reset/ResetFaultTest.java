package io.metastore.recovery.internal.reset;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.JournalScanner;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.EpochContent;
import io.metastore.snapshot.state.StateInspection;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real member's directory is given the next epoch, and that is taken back, over and over, with each file operation failing, and ending the process, in turn; then
 * the power is lost as well. Whatever is found is wholly of the old epoch or wholly of the new one, and doing it again comes to the same end.
 */
class ResetFaultTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final int SIDE_BY_SIDE = 3;
    private static final int STRIDE = 8;
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final String OLD = "stores/main/epoch-000001";
    private static final String NEW = "stores/main/epoch-000002";

    private final AtomicInteger runs = new AtomicInteger();
    private Path temporary;
    private Path before;
    private List<LogPosition> entries;
    private ResetOrder order;
    private Map<String, Integer> old;
    private Map<String, Integer> made;
    private final Set<Map<String, Integer>> seen = ConcurrentHashMap.newKeySet();

    /** One that had an image and several journal files, and that is cut in the last one, before the end of its state. */
    @BeforeEach
    void survivor(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
        before = temporary.resolve("before");
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember survivor = cluster.anyFollower();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            survivor.store().checkpoints().create();
            cluster.members().forEach(TestMember::stop);
            cluster.restart(cluster.members()); // A later term, and another file.
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "2"));
            cluster.awaitApplied(cluster.leader().table(NOTES).put("c", "3"));
            cluster.members().forEach(TestMember::stop);
            Trees.copy(survivor.directory(), before);
        }
        entries = new ArrayList<>();
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), before)) {
            JournalScan scan = JournalScanner.scan(
                    new OfflineJournal(new DiskFileLayer(), succession.journalDirectory(1), succession.group(1))
                            .entries(),
                    entry -> entries.add(entry.position()));
            assertThat(scan.segments()).hasSizeGreaterThan(1);
            SegmentScan open = scan.segments().get(scan.segments().size() - 1);
            if (open.open()) { // Its room for more would be copied each time.
                try (RandomAccessFile file = new RandomAccessFile(open.path().toFile(), "rw")) {
                    file.setLength(open.readableBytes());
                }
            }
        }
        order = upTo(entries.get(entries.indexOf(statePosition(before.resolve(OLD))) - 1));
        old = Trees.photo(before.resolve(OLD));
    }

    private ResetOrder upTo(LogPosition tip) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), before)) {
            LogPosition last = entries.get(entries.size() - 1);
            return new ResetOrder(
                    UUID.fromString("00000000-0000-4000-8000-000000000001"),
                    succession.identity().clusterId(),
                    1,
                    tip,
                    last,
                    7,
                    2,
                    "ann",
                    "why, why?",
                    "BOUNDED: index " + last.index(),
                    "digest",
                    List.of(),
                    List.of("fe2@x"),
                    Optional.empty());
        }
    }

    private static LogPosition statePosition(Path epoch) {
        FileLayer files = new DiskFileLayer();
        try (StateInspection state = StateInspection.open(files, EpochContent.stateOf(files, epoch))) {
            return state.at().position();
        }
    }

    /** Whether the state was taken over. */
    private boolean apply(FileLayer files, Path base) {
        return new DirectoryReset(files, CLOCK, step -> {}).run(base, order).state() != null;
    }

    private boolean undo(FileLayer files, Path base) {
        new DirectoryReturn(files, CLOCK).undo(base);
        return false;
    }

    private static boolean abort(FileLayer files, Path base) {
        new DirectoryReturn(files, CLOCK).abort(base);
        return false;
    }

    @Test
    void directoryIsWhollyOldOrWhollyNewWhateverOperationGoesWrong() throws IOException {
        Path untouched = prepare(before);
        assertThat(apply(new DiskFileLayer(), untouched)).isFalse();
        made = Trees.photo(untouched.resolve(NEW));
        assertThat(made).hasSizeGreaterThan(10);
        int opened = enumerate("apply, cut", before, this::apply, this::checkApplied);
        assertThat(opened).isGreaterThan(10);
    }

    @Test
    void directoryIsWhollyOldOrWhollyNewWhenItsStateIsTakenOverToo() throws IOException {
        order = upTo(order.last());
        Path untouched = prepare(before);
        assertThat(apply(new DiskFileLayer(), untouched)).isTrue();
        made = Trees.photo(untouched.resolve(NEW));
        assertThat(made).containsKey("state/CURRENT");
        int opened = enumerate("apply, whole", before, this::apply, this::checkApplied);
        assertThat(opened).isGreaterThan(10);
    }

    @Test
    void isTakenBackWholeWhateverOperationGoesWrong() throws IOException {
        Path applied = prepare(before);
        apply(new DiskFileLayer(), applied);
        made = Trees.photo(applied.resolve(NEW));
        int opened = enumerate("undo", applied, this::undo, this::checkUndone);
        assertThat(opened).isPositive();
    }

    @Test
    void isAbortedWholeWhateverOperationGoesWrong() throws IOException {
        Path built = prepare(before);
        List<DirectoryReset.Step> steps = new ArrayList<>();
        DirectoryReset cutOff = new DirectoryReset(new DiskFileLayer(), CLOCK, step -> {
            steps.add(step);
            if (step == DirectoryReset.Step.PUBLISH) {
                throw new IllegalStateException("as planned");
            }
        });
        try {
            cutOff.run(built, order);
        } catch (IllegalStateException e) {
            assertThat(steps).contains(DirectoryReset.Step.PUBLISH);
        }
        int opened = enumerate("abort", built, ResetFaultTest::abort, this::checkAborted);
        assertThat(opened).isPositive();
    }

    private interface Action {
        boolean on(FileLayer files, Path base);
    }

    private interface Check {
        void found(Path base, String what, Map<String, Integer> expected) throws IOException;
    }

    private int enumerate(String name, Path from, Action action, Check check) throws IOException {
        long started = System.nanoTime();
        Path base = prepare(from);
        FaultyDisk untouched = new FaultyDisk(base);
        action.on(untouched, base);
        check.found(base, "nothing went wrong", made);
        List<Operation> operations = untouched.trace();
        assertThat(new HashSet<>(operations)).hasSameSizeAs(operations);
        List<Callable<Integer>> faults = new ArrayList<>();
        boolean changed = true;
        for (Operation operation : operations) {
            faults.add(() -> run(from, action, check, operation, Fault.ERROR));
            if (changed || operation.changes()) { // A process that only looked around since leaves nothing else behind.
                faults.add(() -> run(from, action, check, operation, Fault.CRASH));
            }
            changed = operation.changes();
        }
        int opened = FaultPoints.runAll(FaultPoints.of(faults, STRIDE), SIDE_BY_SIDE);
        System.out.println(name + ": " + operations.size() + " operations, " + faults.size() + " faults, " + opened
                + " different directories looked into afterwards, " + (System.nanoTime() - started) / 1_000_000_000
                + " s");
        return opened;
    }

    private int run(Path from, Action action, Check check, Operation operation, Fault fault) throws IOException {
        Path base = prepare(from);
        Path left = fault == Fault.CRASH ? base.resolveSibling(base.getFileName() + "-image") : base;
        FaultyDisk disk = new FaultyDisk(base, left, operation, fault);
        String what = operation + " " + fault;
        MetastoreException failure = null;
        Map<String, Integer> expected = made;
        try {
            if (!action.on(disk, base)
                    && readsState(operation)) { // One that cannot be read is left out, and that is said.
                expected = withoutState(made);
            }
        } catch (MetastoreException e) {
            failure = e;
        }
        assertThat(disk.fired()).as("%s happened", what).isTrue();
        assertThat(failure != null || !operation.changes() || operation.verb().equals("delete"))
                .as("somebody is told of %s", what)
                .isTrue();
        Path lost = base.resolveSibling(base.getFileName() + "-lost");
        Trees.copy(left, lost);
        boolean differs = disk.losePower(lost);
        return look(left, check, what + ", told: " + failure, expected)
                + (differs ? look(lost, check, what + ", then power lost, told: " + failure, expected) : 0);
    }

    /** What was found once in this enumeration needs no second look. */
    private int look(Path found, Check check, String what, Map<String, Integer> expected) throws IOException {
        if (!seen.add(Trees.photo(found))) {
            return 0;
        }
        check.found(found, what, expected);
        return 1;
    }

    private static boolean readsState(Operation operation) {
        return !operation.changes() && operation.path().startsWith(NEW + "/state/");
    }

    private static Map<String, Integer> withoutState(Map<String, Integer> epoch) {
        Map<String, Integer> rest = new TreeMap<>(epoch);
        rest.keySet().removeIf(name -> name.equals("state") || name.startsWith("state/"));
        return rest;
    }

    private Path prepare(Path from) throws IOException {
        Path base = temporary.resolve("run" + runs.incrementAndGet());
        Trees.copy(from, base);
        return base;
    }

    private static long epoch(Path base) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            return succession.epoch();
        }
    }

    private void checkApplied(Path base, String what, Map<String, Integer> expected) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).as(what).isEqualTo(old);
        boolean done = epoch(base) == 2;
        if (done) {
            assertThat(settled(base)).as(what).isEqualTo(expected);
        }
        apply(new DiskFileLayer(), base);
        assertThat(epoch(base)).as(what).isEqualTo(2);
        assertThat(settled(base)).as("again, after " + what).isEqualTo(done ? expected : made);
        assertThat(Trees.photo(base.resolve(OLD))).as("again, after " + what).isEqualTo(old);
    }

    /** Without what an atomic replacement leaves when it is cut off; the next one clears it away. */
    private static Map<String, Integer> settled(Path base) throws IOException {
        Map<String, Integer> photo = new TreeMap<>(Trees.photo(base.resolve(NEW)));
        photo.keySet().removeIf(name -> name.endsWith(".tmp"));
        return photo;
    }

    private void checkUndone(Path base, String what, Map<String, Integer> expected) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).as(what).isEqualTo(old);
        if (epoch(base) == 2) {
            assertThat(settled(base)).as(what).isEqualTo(expected);
        }
        again(base, this::undo);
        assertThat(epoch(base)).as(what).isEqualTo(1);
        assertThat(Trees.photo(base.resolve(OLD))).as("again, after " + what).isEqualTo(old);
        assertThat(base.resolve(NEW)).as("again, after " + what).doesNotExist();
        checkNotSealed(base);
    }

    private void checkAborted(Path base, String what, Map<String, Integer> expected) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).as(what).isEqualTo(old);
        assertThat(epoch(base)).as(what).isEqualTo(1);
        again(base, ResetFaultTest::abort);
        assertThat(base.resolve(NEW)).as("again, after " + what).doesNotExist();
        checkNotSealed(base);
    }

    /** It may have come to its end. */
    private static void again(Path base, Action action) {
        try {
            action.on(new DiskFileLayer(), base);
        } catch (RecoveryRefusedException e) {
            assertThat(e.reason()).isEqualTo(Reason.NOTHING_UNDER_WAY);
        }
    }

    private static void checkNotSealed(Path base) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(succession.seal().orElseThrow().forbids(1)).isFalse();
            assertThat(succession.unusedEpoch()).isEqualTo(3);
        }
    }
}
