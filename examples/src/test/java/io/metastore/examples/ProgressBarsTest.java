package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Progress;
import io.metastore.api.Progress.Operation;
import io.metastore.api.Progress.Outcome;
import io.metastore.api.Progress.Unit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressBarsTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ProgressBars bars = ProgressBars.lines(new PrintStream(printed, true, StandardCharsets.UTF_8));

    @Test
    void printsALineEverySecondAndOneAtTheEnd() {
        tell(Operation.EXPORT, 0, 100_000_000, 0, null);
        tell(Operation.EXPORT, 10_000_000, 100_000_000, 1_000, null);
        tell(Operation.EXPORT, 15_000_000, 100_000_000, 1_500, null);
        tell(Operation.EXPORT, 25_000_000, 100_000_000, 2_000, null);
        tell(Operation.EXPORT, 100_000_000, 100_000_000, 4_000, Outcome.DONE);
        assertThat(lines())
                .containsExactly(
                        "   export at fe1, copying: 10 % of 100.0 MB, 10.0 MB/s, 9 s left",
                        "   export at fe1, copying: 25 % of 100.0 MB, 12.5 MB/s, 6 s left",
                        "   export at fe1 done in 4.00 s: 100.0 MB, 25.0 MB/s");
    }

    @Test
    void sayHowMuchIsDoneWhenTheTotalIsNotKnown() {
        tell(Operation.AUDIT, 2_000_000, -1, 1_000, null);
        assertThat(lines()).containsExactly("   audit at fe1, copying: 2.0 MB, 2.0 MB/s");
    }

    @Test
    void leaveAmountsOutWhenNothingIsCounted() {
        tell(Operation.CHECKPOINT, 0, -1, 1_000, null);
        tell(Operation.CHECKPOINT, 0, -1, 1_200, Outcome.DONE);
        assertThat(lines()).containsExactly("   checkpoint at fe1, copying", "   checkpoint at fe1 done in 1.20 s");
    }

    @Test
    void addUpWhatWasReceivedWhateverTheLastStepCounts() {
        tell(Operation.RECEIVE_IMAGE, 5_000_000, 5_000_000, 100, null);
        tell(Operation.RECEIVE_IMAGE, 1_000_000, 5_000_000, 200, Outcome.DONE);
        assertThat(bars.received()).isEqualTo(5_000_000);
        assertThat(lines()).containsExactly("   receive image at fe1 done in 0.20 s: 5.0 MB, 25.0 MB/s");
    }

    @Test
    void passOverShortWorkThatNobodyAskedForUnlessItFailed() {
        tell(Operation.CHECKPOINT, 1_000, 1_000, 50, Outcome.DONE);
        assertThat(lines()).isEmpty();
        tell(Operation.CHECKPOINT, 1_000, 2_000, 50, Outcome.FAILED);
        assertThat(lines()).singleElement().asString().startsWith("   checkpoint at fe1 failed while copying in ");
    }

    @Test
    void barsCanBeDrawnWithoutTerminal() {
        try (ProgressBarView view = new ProgressBarView()) {
            view.show(progress(Operation.OPEN, 1, -1, Unit.ENTRIES, 1_000, null));
            view.show(progress(Operation.OPEN, 2_000_000, 4_000_000, Unit.BYTES, 2_000, null));
            view.show(progress(Operation.OPEN, 3_000_000, 4_000_000, Unit.BYTES, 3_000, null));
        }
    }

    private void tell(Operation operation, long done, long total, long millis, @Nullable Outcome outcome) {
        bars.progress(progress(operation, done, total, Unit.BYTES, millis, outcome));
    }

    private static Progress progress(
            Operation operation, long done, long total, Unit unit, long millis, @Nullable Outcome outcome) {
        return new Progress("fe1", operation, "copying", done, total, unit, Duration.ofMillis(millis), outcome);
    }

    private String[] lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
    }
}
