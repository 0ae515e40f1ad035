package io.metastore.benchmarks.metastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Progress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReceivedBytesTest {
    private final ReceivedBytes received = new ReceivedBytes();

    @Test
    void addsUpTransfersAndCountsNoByteTwice() {
        tell("n1", Progress.Operation.RECEIVE_IMAGE, 100, null);
        tell("n2", Progress.Operation.RECEIVE_IMAGE, 1_000, null);
        assertThat(received.sum()).isEqualTo(1_100);
        tell("n1", Progress.Operation.RECEIVE_IMAGE, 300, null);
        tell("n1", Progress.Operation.RECEIVE_IMAGE, 0, null); // The next step begins.
        tell("n1", Progress.Operation.RECEIVE_IMAGE, 300, Progress.Outcome.DONE);
        assertThat(received.sum()).isEqualTo(1_300);
        tell("n1", Progress.Operation.RECEIVE_IMAGE, 50, Progress.Outcome.FAILED);
        assertThat(received.sum()).isEqualTo(1_350);
    }

    @Test
    void leavesOtherWorkOut() {
        tell("n1", Progress.Operation.CHECKPOINT, 100, Progress.Outcome.DONE);
        assertThat(received.sum()).isZero();
    }

    private void tell(String member, Progress.Operation operation, long done, Progress.@Nullable Outcome outcome) {
        received.progress(new Progress(
                member, operation, "step", done, 2_000, Progress.Unit.BYTES, Duration.ofSeconds(1), outcome));
    }
}
