package io.metastore.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.Figures;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnRatiosTest {
    @Test
    void holdsMedianOfClosuresAgainstMedianOfWritesOfTheSameCallers() {
        List<Measurement> measurements = List.of(
                of(Workload.W1, 16, 100),
                of(Workload.W1, 16, 300),
                of(Workload.W1, 16, 200),
                of(Workload.W1, 128, 1_000),
                of(Workload.W1C, 16, 150));
        assertThat(OwnRatios.lines(measurements, List.of("metastore", "je")))
                .containsExactly("W1C / own W1, 16 callers, metastore: 0.75");
    }

    private static Measurement of(Workload workload, int callers, double opsPerSecond) {
        return new Measurement("metastore", workload, callers, 1, opsPerSecond, 1, 1, 1, 1, 0, Figures.NONE);
    }
}
