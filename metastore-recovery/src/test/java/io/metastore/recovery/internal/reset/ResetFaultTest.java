package io.metastore.recovery.internal.reset;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real member's directory is given the next epoch, and that is taken back, over and over, with each file operation failing, and ending the process, in turn; then
 * the power is lost as well. Whatever is found is wholly of the old epoch or wholly of the new one, and doing it again comes to the same end.
 */
class ResetFaultTest extends DirectoryFaults {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private Path before;
    private List<LogPosition> entries;
    private ResetOrder order;

    ResetFaultTest() {
        super(8);
    }

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
        JournalScan scan = trim(before, entry -> entries.add(entry.position()));
        assertThat(scan.segments()).hasSizeGreaterThan(1);
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
