package io.metastore.recovery.internal.reset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.recovery.internal.reset.DirectoryReset.Step;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import io.metastore.snapshot.files.Trees;
import io.metastore.snapshot.image.EpochContent;
import io.metastore.snapshot.state.StateInspection;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real member's directory is given the next epoch, and that is taken back, over and over, with each file operation failing, and ending the process, in turn; then
 * the power is lost as well. Whatever is found is wholly of the old epoch or wholly of the new one, and doing it again comes to the same end.
 */
class ResetFaultTest extends DirectoryFaults {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    /** Each point of these resumes twice. */
    private static final int RESUME_STRIDE = 24;

    /** Where the one listens that goes on. */
    private static final String GOES_ON = "fe2:1";

    private static Path before;
    private static List<LogPosition> entries;

    private ResetOrder order;

    ResetFaultTest() {
        super(8);
    }

    /** One that had an image and several journal files. */
    @BeforeAll
    static void survivor(@TempDir Path given) throws IOException {
        before = given.toRealPath().resolve("before");
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
        JournalScan scan = trim(before, entry -> entries.add(entry.position()));
        assertThat(scan.segments()).hasSizeGreaterThan(1);
    }

    /** It is cut in the last file, before the end of its state. */
    @BeforeEach
    void cut(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
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
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(new Membership.Member("fe2", "fe2:1", MemberRole.VOTER, Optional.empty())));
        }
    }

    private static LogPosition statePosition(Path epoch) {
        FileLayer files = new DiskFileLayer();
        try (StateInspection state = StateInspection.open(files, EpochContent.stateOf(files, epoch))) {
            return state.at().position();
        }
    }

    @Override
    protected boolean apply(FileLayer files, Path base) {
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
        order = upTo(entries.get(entries.size() - 1));
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
        int opened = enumerate("abort", cutOffAt(Step.PUBLISH), ResetFaultTest::abort, this::checkAborted);
        assertThat(opened).isPositive();
    }

    private Path cutOffAt(Step step) throws IOException {
        Path begun = prepare(before);
        DirectoryReset cutOff = new DirectoryReset(new DiskFileLayer(), CLOCK, each -> {
            if (each == step) {
                throw new IllegalStateException("as planned");
            }
        });
        assertThatThrownBy(() -> cutOff.run(begun, order)).hasMessage("as planned");
        return begun;
    }

    private static boolean resume(FileLayer files, Path base) {
        return new DirectoryReset(files, CLOCK, step -> {}).resume(base).state() != null;
    }

    /** From what each step leaves behind when it is cut off; from which, is drawn for a run that does not visit every point. */
    @Test
    void isGoneOnWithWhateverOperationGoesWrong() throws IOException {
        order = upTo(entries.get(entries.size() - 1));
        Path whole = prepare(before);
        assertThat(apply(new DiskFileLayer(), whole)).isTrue();
        made = Trees.photo(whole.resolve(NEW));
        List<Step> steps = List.of(Step.JOURNAL, Step.IMAGES, Step.STATE, Step.VERIFY, Step.PUBLISH);
        for (Step step : FaultPoints.of(steps, steps.size())) {
            int opened = enumerate(
                    "resume, cut off at " + step,
                    cutOffAt(step),
                    ResetFaultTest::resume,
                    this::checkResumed,
                    RESUME_STRIDE);
            assertThat(opened).isPositive();
        }
        assertThat(enumerate("resume, at its end", whole, ResetFaultTest::resume, this::checkResumed))
                .isPositive();
    }

    private void checkResumed(Path base, String what, Map<String, Integer> expected) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).as(what).isEqualTo(old);
        boolean done = epoch(base) == 2;
        if (done) {
            assertThat(settled(base)).as(what).isEqualTo(expected);
        }
        resume(new DiskFileLayer(), base);
        assertThat(epoch(base)).as(what).isEqualTo(2);
        assertThat(settled(base)).as("again, after " + what).isEqualTo(done ? expected : made);
        assertThat(Trees.photo(base.resolve(OLD))).as("again, after " + what).isEqualTo(old);
    }

    /** As a directory is sealed that does not go on and of which the member comes back, and as a running member seals its own for a recovery elsewhere. */
    private boolean promise(FileLayer files, Path base) {
        try (EpochSuccession succession = EpochSuccession.open(files, base)) {
            Sealing.Promise promise =
                    new Sealing.Promise(order.recovery(), order.cluster(), 1, 2, Optional.of(GOES_ON));
            Sealing.one(files, CLOCK, succession, promise, entries.get(entries.size() - 1));
        }
        return false;
    }

    private boolean lift(FileLayer files, Path base) {
        try (EpochSuccession succession = EpochSuccession.open(files, base)) {
            return DirectoryReturn.lift(succession, order.recovery(), CLOCK);
        }
    }

    @Test
    void promiseOfOneThatDoesNotGoOnIsMadeAndTakenBackWhateverOperationGoesWrong() throws IOException {
        made = Map.of();
        assertThat(enumerate("seal", before, this::promise, this::checkPromised))
                .isPositive();
        Path sealed = prepare(before);
        promise(new DiskFileLayer(), sealed);
        assertThat(enumerate("lift", sealed, this::lift, (base, what, none) -> {
                    checkNotNew(base, what);
                    lift(new DiskFileLayer(), base);
                    checkNotSealed(base);
                }))
                .isPositive();
        Map<String, Action> back = Map.of(
                "undo of one that was sealed", this::undo, "abort of one that was sealed", ResetFaultTest::abort);
        for (Map.Entry<String, Action> each : back.entrySet()) {
            enumerate(each.getKey(), sealed, each.getValue(), (base, what, none) -> {
                checkNotNew(base, what);
                again(base, each.getValue());
                checkNotSealed(base);
            });
        }
    }

    /** Sealed or not: never of half a mind, and what it has is as it was. */
    private void checkPromised(Path base, String what, Map<String, Integer> none) throws IOException {
        checkNotNew(base, what);
        promise(new DiskFileLayer(), base);
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(succession.seal()).as(what).hasValueSatisfying(seal -> {
                assertThat(seal.recovery()).isEqualTo(order.recovery());
                assertThat(seal.forbids(1)).isTrue();
                assertThat(seal.next()).isEqualTo(2);
                assertThat(seal.readmission()).contains(GOES_ON);
            });
        }
    }

    private void checkNotNew(Path base, String what) throws IOException {
        assertThat(Trees.photo(base.resolve(OLD))).as(what).isEqualTo(old);
        assertThat(base.resolve(NEW)).as(what).doesNotExist();
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            assertThat(succession.epoch()).as(what).isEqualTo(1);
            assertThat(succession.seal().filter(seal -> !seal.recovery().equals(order.recovery())))
                    .as(what)
                    .isEmpty();
            assertThat(succession.seal().flatMap(Seal::readmission))
                    .as("who may come back is sealed, %s", what)
                    .isEqualTo(succession.seal().filter(seal -> seal.forbids(1)).map(seal -> GOES_ON));
        }
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
            assertThat(succession.seal().orElseThrow().readmission()).isEmpty();
            assertThat(succession.unusedEpoch()).isEqualTo(3);
        }
    }
}
