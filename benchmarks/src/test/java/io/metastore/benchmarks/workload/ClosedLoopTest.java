package io.metastore.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    @Test
    void countsOnlyWhatEndsInTheMeasuredWindow() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        ClosedLoop.Result result = ClosedLoop.run(2, Duration.ofMillis(100), Duration.ofMillis(100), random -> {
            calls.incrementAndGet();
            long end = System.nanoTime() + 5_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        });
        assertThat(result.latencies().count()).isBetween(1L, calls.get() - 2L);
        assertThat(result.latencies().micros(50)).isGreaterThanOrEqualTo(4_900);
        assertThat(result.errors()).isZero();
    }

    @Test
    void countsFailedOperationsAsErrorsOnly() throws InterruptedException {
        ClosedLoop.Result result = ClosedLoop.run(2, Duration.ZERO, Duration.ofMillis(50), random -> {
            throw new IllegalStateException("refused");
        });
        assertThat(result.errors()).isGreaterThanOrEqualTo(2);
        assertThat(result.latencies().count()).isZero();
        assertThat(result.opsPerSecond()).isZero();
    }
}
