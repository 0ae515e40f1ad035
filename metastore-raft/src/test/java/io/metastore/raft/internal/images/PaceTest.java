package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Progress.Operation;
import io.metastore.api.Progress.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work in the background on a clock that only work and rest move. */
class PaceTest {

    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong(-5); // Like System.nanoTime it means nothing by itself.
    private final AtomicBoolean hurried = new AtomicBoolean();
    private final List<Long> rests = new ArrayList<>();
    private final Pace pace = new Pace(
            clock::get,
            nanos -> {
                rests.add(nanos);
                clock.addAndGet(nanos);
            },
            hurried::get);

    private long rested() {
        return rests.stream().mapToLong(Long::longValue).sum();
    }

    private void work(long nanos) {
        clock.addAndGet(nanos);
        pace.between();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 19, 20, 33, 300})
    void workTakesAFourthOfTheTimeWhateverItsPieces(long millis) {
        long worked = 0;
        while (worked < 5_000 * MILLI) {
            work(millis * MILLI);
            worked += millis * MILLI;
        }
        assertThat((double) worked / (worked + rested())).isBetween(0.24, 0.27);
    }

    @Test
    void shortPiecesAreNotInterruptedByManyRests() {
        for (int i = 0; i < 19; i++) {
            work(MILLI);
        }
        assertThat(rests).isEmpty();
        work(MILLI);
        assertThat(rests).containsExactly(60 * MILLI);
    }

    @Test
    void onePieceHoweverLongIsPaidForWithASecondAtMost() {
        work(3_600_000 * MILLI);
        assertThat(rests).containsExactly(1_000 * MILLI);
    }

    @Test
    void nobodyIsKeptWaiting() {
        hurried.set(true);
        for (int i = 0; i < 1_000; i++) {
            work(100 * MILLI);
        }
        assertThat(rests).isEmpty();
        hurried.set(false);
        work(100 * MILLI);
        assertThat(rests).hasSize(1);
    }

    @Test
    void longWorkKeepsToItBetweenItsPieces() {
        LongWork.run("fe1", Operation.AUDIT, progress -> {}, () -> false, begun -> {
            LongWork work = begun.at(pace);
            work.step("counting", 100, Unit.ENTRIES);
            clock.addAndGet(30 * MILLI);
            work.advance(1);
            clock.addAndGet(30 * MILLI);
            work.report("reading", 1, -1, Unit.RECORDS);
            return true;
        });
        assertThat(rests).containsExactly(90 * MILLI, 90 * MILLI);
    }

    @Test
    void sharedItWorksTwoThirdsOfTheTimeAndNeverRestsForLong() {
        Pace shared = Pace.shared(clock::get, nanos -> {
            rests.add(nanos);
            clock.addAndGet(nanos);
        });
        for (int i = 0; i < 1_000; i++) {
            clock.addAndGet(300_000);
            shared.between();
        }
        assertThat((double) rested() / (1_000 * 300_000)).isBetween(0.45, 0.5);
        rests.clear();
        clock.addAndGet(500 * MILLI);
        shared.between();
        assertThat(rests).as("a file that took long to open").containsExactly(4 * MILLI);
    }

    @Test
    void atFullPaceNothingRests() {
        LongWork.run("fe1", Operation.AUDIT, progress -> {}, () -> false, work -> {
            for (int i = 0; i < 100_000; i++) {
                work.advance(1);
            }
            return true;
        });
        assertThat(rests).isEmpty();
    }
}
