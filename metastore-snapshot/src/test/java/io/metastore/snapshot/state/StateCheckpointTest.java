package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.state.StateCheckpoint.Moment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the living state remembers of the moment that a checkpoint shows. */
class StateCheckpointTest {

    private static final int CHECKPOINTS = 20;

    @TempDir
    Path temporary;

    /** Applies from one thread while this one makes checkpoints; prints how long the apply thread ever stood still. */
    @Tag("alone")
    @Test
    void everyCheckpointMadeUnderLoadIsRememberedAndApplyingGoesOn() throws InterruptedException {
        try (MetaState state =
                MetaState.open(temporary.resolve("state"), MetaState.Options.defaults("load"), CommandRuntime.NONE)) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
            ApplyLoad load = new ApplyLoad(state);
            load.start();
            load.awaitMore(20_000);
            Gaps before = load.gaps();
            int moved = 0;
            long longest = 0;
            long[] took = new long[CHECKPOINTS];
            long[] stood = new long[CHECKPOINTS];
            for (int i = 0; i < CHECKPOINTS; i++) {
                load.awaitMore(2_000);
                long index = state.applied().index();
                load.takeLongest();
                long started = System.nanoTime();
                Path directory = temporary.resolve("checkpoint" + i);
                StateCheckpoint checkpoint = state.checkpoint(directory);
                took[i] = (System.nanoTime() - started) / 1_000;
                load.awaitMore(1); // Of one that stands still now the gap is known when it goes on.
                stood[i] = load.takeLongest() / 1_000;
                moved += state.applied().index() > index ? 1 : 0;
                longest = Math.max(longest, checkpoint.moments().size());
                check(checkpoint, index, i);
            }
            Gaps during = load.gaps();
            load.end();
            System.out.printf(
                    "checkpoints: %d, each %d us median %d us max, %d entries recorded at most; apply thread: %s before, %s"
                            + " while they were made, longest gap in one of them %d us median%n",
                    CHECKPOINTS,
                    median(took),
                    Arrays.stream(took).max().orElse(0),
                    longest,
                    before,
                    during,
                    median(stood));
            assertThat(moved)
                    .as("checkpoints during which entries were applied")
                    .isPositive();
            assertThat(median(stood))
                    .as("longest the apply thread stood still in a checkpoint, all together: %s", during)
                    .isLessThan(Math.max(
                            50_000,
                            before.maxMicros())); // What the machine does to it by itself is not the checkpoint's.
        }
    }

    private static void check(StateCheckpoint checkpoint, long indexBefore, int round) {
        try (StateInspection inspection = StateInspection.open(new DiskFileLayer(), checkpoint.directory())) {
            assertThat(inspection.at().position().index()).isGreaterThanOrEqualTo(indexBefore);
            assertThat(checkpoint.live(inspection.sequence()))
                    .as("checkpoint %d", round)
                    .isEqualTo(inspection.at());
            assertThat(inspection.recomputeFingerprint(count -> {}))
                    .as("checkpoint %d", round)
                    .isEqualTo(inspection.at().fingerprint());
        }
    }

    private static long median(long[] values) {
        return Arrays.stream(values)
                .sorted()
                .skip(values.length / 2)
                .findFirst()
                .orElse(0);
    }

    /** Time between two entries that were applied one after the other. */
    private record Gaps(long entries, long maxMicros, long p999Micros) {
        @Override
        public String toString() {
            return entries + " entries, longest gap " + maxMicros + " us, 99.9 % within " + p999Micros + " us";
        }
    }

    private static final class ApplyLoad extends Thread {

        private final MetaState state;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private long[] gaps = new long[4_000_000];
        private int count;
        private long longest;

        ApplyLoad(MetaState state) {
            super("apply");
            this.state = state;
        }

        @Override
        public void run() {
            try {
                long last = System.nanoTime();
                for (int i = 1; !ended.get(); i++) {
                    state.apply(
                            new LogPosition(1, i),
                            entry(SESSION, i + 1, changes(put(1, "key" + i % 50_000, "value " + i))));
                    long now = System.nanoTime();
                    record(now - last);
                    last = now;
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        }

        private synchronized void record(long nanos) {
            gaps[count++] = nanos;
            longest = Math.max(longest, nanos);
        }

        /** Of all gaps since the last call, in nanoseconds. */
        synchronized long takeLongest() {
            long taken = longest;
            longest = 0;
            return taken;
        }

        /** Those since the last call. */
        Gaps gaps() {
            long[] other = new long[gaps.length];
            long[] all;
            int number;
            synchronized (this) { // Not while they are sorted: the apply thread would stand still because of us.
                all = gaps;
                number = count;
                gaps = other;
                count = 0;
            }
            long[] sorted = LongStream.of(Arrays.copyOf(all, number)).sorted().toArray();
            return new Gaps(number, sorted[number - 1] / 1000, sorted[(int) (number * 0.999)] / 1000);
        }

        void awaitMore(int entries) {
            long until = state.applied().index() + entries;
            while (state.applied().index() < until) {
                assertThat(failure.get()).isNull();
                Thread.onSpinWait();
            }
        }

        void end() throws InterruptedException {
            ended.set(true);
            join();
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void aWriteBelongsToTheEntryThatMadeIt() {
        StateCheckpoint checkpoint =
                new StateCheckpoint(temporary, List.of(moment(10, 1), moment(13, 2), moment(20, 3)));
        assertThat(index(checkpoint, 9)).as("before all that is remembered").isEqualTo(-1);
        assertThat(index(checkpoint, 10)).isEqualTo(1);
        assertThat(index(checkpoint, 11)).isEqualTo(2);
        assertThat(index(checkpoint, 13)).isEqualTo(2);
        assertThat(index(checkpoint, 19)).isEqualTo(3);
        assertThat(index(checkpoint, 21)).as("after all that is remembered").isEqualTo(-1);
    }

    private static long index(StateCheckpoint checkpoint, long sequence) {
        AppliedState state = checkpoint.live(sequence);
        return state == null ? -1 : state.position().index();
    }

    private static Moment moment(long sequence, long index) {
        return new Moment(sequence, new AppliedState(new LogPosition(1, index), Revision.NONE, 0, 0, 0));
    }
}
