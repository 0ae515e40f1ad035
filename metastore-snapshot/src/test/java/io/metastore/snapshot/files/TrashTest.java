package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.MemoryFileLayer.Survivor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are freed little by little, and what must never become shorter by that. */
class TrashTest {

    private static final Path JOURNAL = Path.of("/epoch/journal");
    private static final Path STATE = Path.of("/epoch/state");
    private static final Path TRASH = Path.of("/epoch/scratch/trash");
    private static final Path LONG = JOURNAL.resolve("long");
    private static final Path SHARED = JOURNAL.resolve("shared");
    private static final Path SHORT = JOURNAL.resolve("short");
    private static final Path KEPT = STATE.resolve("kept");
    private static final List<Path> DOOMED = List.of(LONG, SHARED, SHORT);
    private static final int MIB = 1 << 20;

    private final byte[] bytes = new byte[2 * MIB + MIB / 2];
    private MemoryFileLayer before;
    private long nanos;

    @BeforeEach
    void threeFilesOfWhichOneIsShared() throws IOException {
        new Random(3).nextBytes(bytes);
        before = new MemoryFileLayer();
        before.createDirectories(JOURNAL);
        before.createDirectories(STATE);
        before.writeNew(LONG, bytes);
        before.writeNew(SHARED, bytes);
        before.writeNew(SHORT, Arrays.copyOf(bytes, MIB));
        before.link(SHARED, KEPT);
        before.forceDirectory(JOURNAL);
        before.forceDirectory(STATE);
    }

    private Trash trash(FileLayer files) {
        return new Trash(files, TRASH, () -> nanos);
    }

    private static void delete(FileLayer files) throws IOException {
        for (Path file : DOOMED) {
            files.delete(file);
        }
    }

    @Test
    void aLongFileIsFreedStepByStepOnceNobodyReadsItAnyMore() throws IOException {
        Trash trash = trash(before);
        trash.delete(DOOMED, () -> delete(before));
        assertThat(before.list(JOURNAL)).isEmpty();
        assertThat(before.list(TRASH)).hasSize(2); // Not the short one.
        Path last = TRASH.resolve(before.list(TRASH).get(0));
        assertThat(trash.free()).isEqualTo(Trash.GRACE_NANOS);
        assertThat(before.size(last)).isEqualTo(bytes.length);
        nanos += Trash.GRACE_NANOS;
        List<Long> sizes = new ArrayList<>();
        while (trash.free() == Trash.STEP_EVERY_NANOS) {
            sizes.add(before.size(last));
        }
        assertThat(sizes).containsExactly(bytes.length - (long) MIB, bytes.length - 2L * MIB);
        assertThat(trash.free()).isEqualTo(Trash.NOTHING);
        assertThat(before.list(TRASH)).isEmpty();
        assertThat(before.read(KEPT)).isEqualTo(bytes);
    }

    @Test
    void muchIsFreedInLargerSteps() throws IOException {
        int count = 2 * Trash.STEPS_MAX;
        List<Path> many = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = JOURNAL.resolve("of many " + i);
            before.link(
                    LONG,
                    file); // One content in memory; each is its own file to the trash, and shared but for the last.
            many.add(file);
        }
        Trash trash = trash(before);
        trash.delete(many, () -> {
            for (Path file : many) {
                before.delete(file);
            }
            before.delete(LONG);
        });
        nanos += Trash.GRACE_NANOS;
        int steps = 0;
        while (trash.free() != Trash.NOTHING) {
            steps++;
        }
        assertThat(before.list(TRASH)).isEmpty();
        assertThat(steps).isLessThan(2); // A step is five megabytes by now: longer than the file.
    }

    @Test
    void whatIsLeftIsFreedAtOnceWhenSpaceIsShort() throws IOException {
        Trash trash = trash(before);
        trash.delete(DOOMED, () -> delete(before));
        trash.empty();
        assertThat(before.list(TRASH)).isEmpty();
        assertThat(trash.free()).isEqualTo(Trash.NOTHING);
        assertThat(before.read(KEPT)).isEqualTo(bytes);
    }

    /** Half of it may be gone and may come back. */
    @Test
    void nothingIsCutOffWhenTheDeletionFailed() throws IOException {
        Trash trash = trash(before);
        assertThatThrownBy(() -> trash.delete(DOOMED, () -> {
                    before.delete(LONG);
                    throw new IOException("as planned");
                }))
                .hasMessage("as planned");
        assertThat(before.list(TRASH)).isEmpty();
        assertThat(trash.free()).isEqualTo(Trash.NOTHING);
        for (Survivor survivor : before.afterPowerLoss()) {
            assertWhole(survivor.layer(), survivor.description());
        }
    }

    /** With each operation going wrong in each way: what has its name, then or after a power loss, is whole; what is shared stays whole. */
    @Test
    void whatHasItsNameIsWholeWhateverGoesWrong() throws IOException {
        MemoryFileLayer untouched = before.afterProcessCrash();
        run(untouched);
        assertThat(untouched.list(TRASH)).isEmpty();
        int operations = untouched.trace().size();
        assertThat(untouched.trace()).anyMatch(operation -> operation.verb().equals("shorten"));
        int fired = 0;
        int survivors = 0;
        for (int operation = 1; operation <= operations; operation++) {
            for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH)) {
                MemoryFileLayer files = before.afterProcessCrash().failAt(operation, fault);
                try {
                    run(files);
                } catch (SimulatedCrash | IOException e) {
                    assertThat(files.fired()).as("failed by itself: " + e).isNotNull();
                }
                fired += files.fired() == null ? 0 : 1;
                String what = operation + " " + fault + " " + files.fired();
                assertWhole(files.afterProcessCrash(), what);
                for (Survivor survivor : files.afterPowerLoss()) {
                    survivors++;
                    assertWhole(survivor.layer(), what + survivor.description());
                }
            }
        }
        System.out.println("trash: " + operations + " operations, " + fired + " faults, " + survivors + " survivors");
        assertThat(fired).isGreaterThanOrEqualTo(3 * (operations - 2));
    }

    private void run(FileLayer files) throws IOException {
        nanos = 0;
        Trash trash = trash(files);
        trash.delete(DOOMED, () -> delete(files));
        nanos += Trash.GRACE_NANOS;
        while (trash.free() != Trash.NOTHING) {
            nanos += Trash.STEP_EVERY_NANOS;
        }
    }

    private void assertWhole(FileLayer files, String what) throws IOException {
        assertThat(Arrays.equals(files.read(KEPT), bytes)).as(what).isTrue();
        for (Path file : DOOMED) {
            if (files.kind(file) != Kind.ABSENT) {
                byte[] expected = file.equals(SHORT) ? Arrays.copyOf(bytes, MIB) : bytes;
                assertThat(Arrays.equals(files.read(file), expected))
                        .as(what + " " + file)
                        .isTrue();
            }
        }
    }
}
