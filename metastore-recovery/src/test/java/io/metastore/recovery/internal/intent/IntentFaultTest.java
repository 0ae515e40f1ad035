package io.metastore.recovery.internal.intent;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.TableDef;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.internal.reset.DirectoryFaults;
import io.metastore.recovery.internal.reset.Holding;
import io.metastore.recovery.internal.reset.MemberSteps;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
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
 * An intent is carried out over and over, with each file operation failing, and ending the process, in turn; then the power is lost as well. Whatever is found: opening
 * again comes to the new epoch and puts the intent aside, and when it is aborted instead, the file, put back, recovers nothing any more.
 */
class IntentFaultTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final int SIDE_BY_SIDE = 4;
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final UUID RECOVERY = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final String OLD = "stores/main/epoch-000001";
    private static final String NEW = "stores/main/epoch-000002";

    private static final String FETCHED = "target/stores/main/fetched";

    private static final Elsewhere NOBODY = new Elsewhere() {
        @Override
        public MemberSteps steps() {
            return MemberSteps.NONE;
        }

        @Override
        public void check(ResetOrder about) {
            assertThat(about.members()).isEmpty();
        }
    };

    private final AtomicInteger runs = new AtomicInteger();
    private final Set<Map<String, Integer>> seen = ConcurrentHashMap.newKeySet();
    private Path temporary;
    private Path before;
    private ResetOrder order;
    private String member;
    private Map<String, Integer> old;
    private Map<String, Integer> made;

    /** A member and a copy of its directory, which is to be sealed. */
    @BeforeEach
    void write(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
        before = temporary.resolve("before");
        Path target = Files.createDirectory(before).resolve("target");
        try (MetaStore store = MetaStore.open(target)) {
            store.table(NOTES).put("a", "1");
            store.checkpoints().create();
            store.table(NOTES).put("b", "2");
        }
        LogPosition last = DirectoryFaults.trim(target, entry -> {}).last();
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), target)) {
            member = succession.identity().memberName() + "@"
                    + succession.identity().incarnation();
            order = new ResetOrder(
                    RECOVERY,
                    succession.identity().clusterId(),
                    1,
                    last,
                    last,
                    7,
                    2,
                    "ann",
                    "why, why?",
                    "PROVEN_NONE",
                    "digest",
                    List.of(member),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(new Membership.Member("fe2", "fe2:1", MemberRole.VOTER, Optional.empty())));
        }
        Trees.copy(target, before.resolve("other"));
        old = Trees.photo(target.resolve(OLD));
    }

    private Intent intent(Path base) {
        return new Intent(
                order,
                member,
                1,
                List.of(new Sealing.Directory(base.resolve("other"), order.last())),
                List.of(),
                Duration.ZERO,
                Optional.empty(),
                CLOCK.instant());
    }

    /** A copy with an intent that names the directories of the copy. */
    private Path prepare() throws IOException {
        Path base = temporary.resolve("run" + runs.incrementAndGet());
        Trees.copy(before, base);
        IntentFile.write(new DiskFileLayer(), base.resolve("target"), intent(base));
        return base;
    }

    private static String carryOut(FileLayer files, Path base) {
        return IntentAtOpen.carryOut(files, CLOCK, base.resolve("target"), Expectation.single(), intent -> NOBODY);
    }

    @Test
    void comesToItsEndWhateverOperationGoesWrong() throws IOException {
        long started = System.nanoTime();
        Path base = prepare();
        FaultyDisk untouched = new FaultyDisk(base);
        assertThat(carryOut(untouched, base)).contains("carried out");
        made = made(base);
        checkDone(base, "nothing went wrong");
        try (MetaStore store = MetaStore.open(base.resolve("target"))) {
            assertThat(store.table(NOTES).get("b")).contains("2");
        }
        List<Operation> operations = untouched.trace();
        assertThat(new HashSet<>(operations)).hasSameSizeAs(operations);
        List<Callable<Integer>> faults = new ArrayList<>();
        boolean changed = true;
        int inside = 0;
        for (Operation operation : operations) {
            if (operation.path().contains("epoch-") && !FaultPoints.areAll() && inside++ % 4 != 0) {
                continue; // ResetFaultTest visits what is done in there.
            }
            faults.add(() -> run(operation, Fault.ERROR));
            if (changed || operation.changes()) { // A process that only looked around since leaves nothing else behind.
                faults.add(() -> run(operation, Fault.CRASH));
            }
            changed = operation.changes();
        }
        int found = FaultPoints.runAll(FaultPoints.of(faults), SIDE_BY_SIDE);
        System.out.println(operations.size() + " operations, " + faults.size() + " faults, " + found
                + " different directories looked into afterwards, " + (System.nanoTime() - started) / 1_000_000_000
                + " s");
        assertThat(found).isGreaterThan(10);
    }

    /** A member with an intent by which an opening has fetched something before it was refused. */
    private Path fetched() throws IOException {
        Path base = temporary.resolve("run" + runs.incrementAndGet());
        Trees.copy(before.resolve("target"), base.resolve("target"));
        Path place = Files.createDirectories(base.resolve(FETCHED).resolve("journal"));
        Files.writeString(place.resolve("log_0-9"), "entries");
        Files.writeString(place.resolve("log_inprogress_10"), "more entries");
        IntentFile.write(new DiskFileLayer(), base.resolve("target"), alone());
        return base;
    }

    private Intent alone() {
        return new Intent(order, member, 1, List.of(), List.of(), Duration.ZERO, Optional.empty(), CLOCK.instant());
    }

    private static boolean cancel(FileLayer files, Path base) {
        return IntentFile.cancel(Holding.ofStopped(files), base.resolve("target"), false);
    }

    private static void checkNothingLeft(Path base, String what) {
        assertThat(base.resolve("target/INTENT")).as(what).doesNotExist();
        assertThat(base.resolve(FETCHED)).as(what).doesNotExist();
    }

    @Test
    void cancellingLeavesNothingWhateverOperationGoesWrong() throws IOException {
        Path base = fetched();
        FaultyDisk untouched = new FaultyDisk(base);
        assertThat(cancel(untouched, base)).isTrue();
        checkNothingLeft(base, "nothing went wrong");
        List<Callable<Integer>> faults = new ArrayList<>();
        for (Operation operation : untouched.trace()) {
            for (Fault fault : operation.changes() ? Fault.values() : new Fault[] {Fault.ERROR}) {
                if (fault == Fault.ERROR || fault == Fault.CRASH) {
                    faults.add(() -> cancelAt(operation, fault));
                }
            }
        }

        assertThat(FaultPoints.runAll(faults, SIDE_BY_SIDE)).isGreaterThan(4);
    }

    private int cancelAt(Operation operation, Fault fault) throws IOException {
        Path base = fetched();
        Path left = fault == Fault.CRASH ? base.resolveSibling(base.getFileName() + "-image") : base;
        FaultyDisk disk = new FaultyDisk(base, left, operation, fault);
        String what = operation + " " + fault;
        try {
            cancel(disk, base);
        } catch (MetastoreException e) {
            what += ", told: " + e;
        }
        assertThat(disk.fired()).as("%s happened", what).isTrue();
        Path lost = base.resolveSibling(base.getFileName() + "-lost");
        Trees.copy(left, lost);
        disk.losePower(lost);
        return cancelAgain(left, what) + cancelAgain(lost, what + ", then power lost");
    }

    /** Whoever comes next, an operator or an opening. */
    private int cancelAgain(Path found, String what) throws IOException {
        if (!seen.add(Trees.photo(found))) {
            return 0;
        }
        Path opened = found.resolveSibling(found.getFileName() + "-opened");
        Trees.copy(found, opened);
        boolean intended = Files.exists(found.resolve("target/INTENT"));
        assertThat(cancel(new DiskFileLayer(), found)).as(what).isEqualTo(intended);
        checkNothingLeft(found, what);
        assertThat(carryOut(new DiskFileLayer(), opened)).as(what).contains(intended ? "carried out" : "");
        checkNothingLeft(opened, what);
        return 1;
    }

    /** A damaged one, and one whose moment has passed, take along what was fetched by it; what another recovery needs that has sealed the directory stays, until that is taken back. */
    @Test
    void whatWasFetchedGoesWithTheIntentItIsOf() throws IOException {
        Path damaged = fetched();
        Files.write(damaged.resolve("target/INTENT"), new byte[] {1}, StandardOpenOption.APPEND);
        assertThat(cancel(new DiskFileLayer(), damaged)).isTrue();
        checkNothingLeft(damaged, "damaged");

        Path over = fetched();
        Files.createFile(over.resolve("target/INTENT." + RECOVERY));
        assertThat(carryOut(new DiskFileLayer(), over)).startsWith("nothing was recovered");
        checkNothingLeft(over, "its moment has passed");

        for (boolean undone : List.of(true, false)) {
            Path sealed = fetched();
            Path target = sealed.resolve("target");
            try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), target)) {
                succession.seal(new Seal(new UUID(8, 9), 1, 2, Seal.State.SEALED, order.last(), CLOCK.instant()));
            }
            assertThat(cancel(new DiskFileLayer(), sealed)).isTrue();
            assertThat(sealed.resolve(FETCHED + "/journal/log_0-9")).exists();
            if (undone) {
                Recovery.undo(target);
            } else {
                Recovery.abort(target);
            }
            checkNothingLeft(sealed, "taken back");
        }
    }

    private int run(Operation operation, Fault fault) throws IOException {
        Path base = prepare();
        Path left = fault == Fault.CRASH ? base.resolveSibling(base.getFileName() + "-image") : base;
        FaultyDisk disk = new FaultyDisk(base, left, operation, fault);
        String what = operation + " " + fault;
        MetastoreException failure = null;
        try {
            carryOut(disk, base);
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
        return look(left, what + ", told: " + failure)
                + (differs ? look(lost, what + ", then power lost, told: " + failure) : 0);
    }

    /** What was found once needs no second look. */
    private int look(Path found, String what) throws IOException {
        Map<String, Integer> photo = new TreeMap<>(Trees.photo(found));
        photo.replaceAll(
                (name, digest) -> name.contains("INTENT") ? Integer.valueOf(1) : digest); // Names its directory.
        if (!seen.add(photo)) {
            return 0;
        }
        Path aborted = found.resolveSibling(found.getFileName() + "-aborted");
        Trees.copy(found, aborted);
        relocate(found);
        carryOut(new DiskFileLayer(), found);
        checkDone(found, what);
        checkAbort(aborted, what);
        return 1;
    }

    /** The intent names the directories of another copy. */
    private void relocate(Path base) throws IOException {
        Path file = base.resolve("target/INTENT");
        if (Files.exists(file)) {
            Intent there = IntentFile.decode(file, Files.readAllBytes(file));
            Files.write(
                    file,
                    IntentFile.encode(new Intent(
                            there.order(),
                            member,
                            1,
                            intent(base).others(),
                            List.of(),
                            Duration.ZERO,
                            Optional.empty(),
                            there.created())));
        }
    }

    private void checkDone(Path base, String what) throws IOException {
        Path target = base.resolve("target");
        assertThat(target.resolve("INTENT")).as(what).doesNotExist();
        assertThat(target.resolve("INTENT." + RECOVERY)).as(what).exists();
        assertThat(Trees.photo(target.resolve(OLD))).as(what).isEqualTo(old);
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), target)) {
            assertThat(succession.epoch()).as(what).isEqualTo(2);
            assertThat(succession.genesis().orElseThrow().recovery()).as(what).isEqualTo(RECOVERY);
        }
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base.resolve("other"))) {
            assertThat(succession.seal()).as(what).hasValueSatisfying(seal -> {
                assertThat(seal.recovery()).isEqualTo(RECOVERY);
                assertThat(seal.state()).isEqualTo(Seal.State.SEALED);
            });
        }
        assertThat(made(base)).as(what).isEqualTo(made);
    }

    /** The new epoch, but for the state: one that could not be read once is left out. */
    private static Map<String, Integer> made(Path base) throws IOException {
        Map<String, Integer> photo =
                new TreeMap<>(Trees.photo(base.resolve("target").resolve(NEW)));
        photo.keySet().removeIf(name -> name.startsWith("state") || name.endsWith(".tmp"));
        return photo;
    }

    /** Somebody decides otherwise; then a copy of the file turns up. */
    private void checkAbort(Path base, String what) throws IOException {
        Path target = base.resolve("target");
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), target)) {
            if (succession.epoch() != 1) {
                return;
            }
        }
        relocate(base);
        Recovery.abort(target, base.resolve("other"));
        assertThat(target.resolve("INTENT")).as(what).doesNotExist();
        Files.write(target.resolve("INTENT"), IntentFile.encode(intent(base)));
        assertThat(carryOut(new DiskFileLayer(), base)).as(what).startsWith("nothing was recovered");
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), target)) {
            assertThat(succession.epoch()).as(what).isEqualTo(1);
            assertThat(succession.seal().filter(seal -> seal.forbids(1)))
                    .as(what)
                    .isEmpty();
        }
    }
}
