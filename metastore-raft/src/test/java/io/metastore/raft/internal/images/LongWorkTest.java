package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Progress;
import io.metastore.api.ProgressListener;
import io.metastore.api.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LongWorkTest {

    private final List<Progress> told = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private <R> R run(Function<LongWork, R> work) {
        return LongWork.run("fe1", Progress.Operation.VERIFY, told::add, closed::get, work);
    }

    @Test
    void tellsEachStepAndTheEndWithWhatWasDone() {
        String result = run(work -> {
            work.step("files", 10, Progress.Unit.BYTES);
            work.advance(4);
            work.advance(6);
            return "result";
        });
        assertThat(result).isEqualTo("result");
        assertThat(told.get(0).outcome()).isNull();
        assertThat(told.get(0).step()).isEqualTo("files");
        Progress last = told.get(told.size() - 1);
        assertThat(last.outcome()).isEqualTo(Progress.Outcome.DONE);
        assertThat(last.done()).isEqualTo(10);
        assertThat(last.fraction()).contains(1.0);
        assertThat(last.member()).isEqualTo("fe1");
    }

    /** Of an image that was half here already, and of the second step of a verification. */
    @Test
    void theRateIsThatOfTheStepAndOfWhatWasDoneInIt() {
        Duration some = Duration.ofMillis(20);
        run(work -> {
            work.report("receiving", 1_000_000, 2_000_000, Progress.Unit.BYTES);
            spin(work, some);
            work.reached(1_000_010);
            return true;
        });
        Progress resumed = told.get(told.size() - 1);
        assertThat(resumed.done()).isEqualTo(1_000_010);
        assertThat(resumed.perSecond()).isPositive().isLessThanOrEqualTo(10 / 0.02);
        assertThat(resumed.remaining().orElseThrow()).isGreaterThan(Duration.ofMinutes(30));
        told.clear();
        run(work -> {
            work.step("files", 10, Progress.Unit.BYTES);
            spin(work, some);
            work.step("records", 10, Progress.Unit.RECORDS);
            work.advance(10);
            return true;
        });
        Progress second = told.get(told.size() - 1);
        assertThat(second.perSecond())
                .as("more than if the first step counted")
                .isGreaterThan(1.2 * 10 / (second.elapsed().toNanos() / 1e9));
        assertThat(second.remaining()).contains(Duration.ZERO);
    }

    private static void spin(LongWork work, Duration more) {
        Duration until = work.elapsed().plus(more);
        while (work.elapsed().compareTo(until) < 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void doesNotTellEachSmallAdvance() {
        run(work -> {
            work.step("records", 1_000_000, Progress.Unit.RECORDS);
            for (int i = 0; i < 1_000_000; i++) {
                work.advance(1);
            }
            return true;
        });
        assertThat(told.size()).as("of a million").isBetween(2, 1000);
    }

    @Test
    void whatHasToBeDoneAgainDoesNotTakeItBack() {
        run(work -> {
            work.step("bytes", 10, Progress.Unit.BYTES);
            work.reached(6);
            work.reached(2);
            return true;
        });
        assertThat(told.get(told.size() - 1).done()).isEqualTo(6);
    }

    @Test
    void tellsThatItFailedAndPassesTheFailureOn() {
        IllegalStateException failure = new IllegalStateException("no");
        assertThatThrownBy(() -> run(work -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(told).singleElement().extracting(Progress::outcome).isEqualTo(Progress.Outcome.FAILED);
    }

    @Test
    void givesUpWhenTheStoreCloses() {
        assertThatThrownBy(() -> run(work -> {
                    work.step("one", 1, Progress.Unit.BYTES);
                    closed.set(true);
                    work.step("two", 1, Progress.Unit.BYTES);
                    return true;
                }))
                .isInstanceOf(StoreClosedException.class)
                .hasMessageContaining("operation=VERIFY step=one");
    }

    @Test
    void aListenerThatThrowsHarmsNothing() {
        ProgressListener broken = progress -> {
            throw new IllegalStateException("listener");
        };
        int result = LongWork.run("fe1", Progress.Operation.VERIFY, broken, () -> false, work -> 7);
        assertThat(result).isEqualTo(7);
    }
}
