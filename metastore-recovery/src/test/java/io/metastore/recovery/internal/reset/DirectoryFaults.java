package io.metastore.recovery.internal.reset;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.JournalScanner;
import io.metastore.recovery.journal.EntryVisitor;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A directory is changed over and over, with each file operation failing, and ending the process, in turn; then the power is lost as well. */
public abstract class DirectoryFaults {
    private static final int SIDE_BY_SIDE = 3;
    protected static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    protected static final String OLD = "stores/main/epoch-000001";
    protected static final String NEW = "stores/main/epoch-000002";

    private final int stride;
    private final AtomicInteger runs = new AtomicInteger();
    private final Set<Map<String, Integer>> seen = ConcurrentHashMap.newKeySet();
    /** Where the runs are; a real path. */
    protected Path temporary;
    /** The epoch before, as it must stay. */
    protected Map<String, Integer> old;
    /** The next one, as it is when nothing goes wrong. */
    protected Map<String, Integer> made;

    /** @param stride of so many faults one is tried in a run */
    protected DirectoryFaults(int stride) {
        this.stride = stride;
    }

    /**
     * Gives a directory the next epoch.
     *
     * @return whether the state was taken over
     */
    protected abstract boolean apply(FileLayer files, Path base);

    /** Cuts off the room for more behind the last entry, which would be copied each time, and shows the entries. */
    public static JournalScan trim(Path directory, EntryVisitor visitor) throws IOException {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            JournalScan scan = JournalScanner.scan(
                    new OfflineJournal(new DiskFileLayer(), succession.journalDirectory(1), succession.group(1))
                            .entries(),
                    visitor);
            for (SegmentScan segment : scan.segments()) {
                try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
                    file.setLength(segment.readableBytes());
                }
            }
            return scan;
        }
    }

    protected interface Action {
        boolean on(FileLayer files, Path base);
    }

    protected interface Check {
        void found(Path base, String what, Map<String, Integer> expected) throws IOException;
    }

    protected int enumerate(String name, Path from, Action action, Check check) throws IOException {
        return enumerate(name, from, action, check, stride);
    }

    /** The same with another stride. */
    protected int enumerate(String name, Path from, Action action, Check check, int everySo) throws IOException {
        long started = System.nanoTime();
        seen.clear(); // Whatever another enumeration found was another check's.
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
        int opened = FaultPoints.runAll(FaultPoints.of(faults, everySo), SIDE_BY_SIDE);
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

    protected Path prepare(Path from) throws IOException {
        Path base = temporary.resolve("run" + runs.incrementAndGet());
        Trees.copy(from, base);
        return base;
    }

    protected static long epoch(Path base) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            return succession.epoch();
        }
    }

    protected void checkApplied(Path base, String what, Map<String, Integer> expected) throws IOException {
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
    protected static Map<String, Integer> settled(Path base) throws IOException {
        Map<String, Integer> photo = new TreeMap<>(Trees.photo(base.resolve(NEW)));
        photo.keySet().removeIf(name -> name.endsWith(".tmp"));
        return photo;
    }
}
