package io.metastore.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Figures;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
    @Test
    void writesTheTenFieldsInOrder() {
        assertThat(JsonLines.format(loop(1, 1_234.56789)))
                .isEqualTo("{\"system\":\"ratis\",\"workload\":\"W1\",\"callers\":16,\"repetition\":1,"
                        + "\"opsPerSecond\":1234.568,\"p50Micros\":10.0,\"p99Micros\":20.0,\"p999Micros\":30.0,"
                        + "\"cpuMicrosPerOp\":40.5,\"errors\":2}");
    }

    @Test
    void readsBackWhatItWrote(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("results.jsonl");
        Measurement footprint = figures(Figures.NONE
                .with(Figure.RESIDENT_BYTES, 3_000_000_000L)
                .with(Figure.DISK_RATIO, 1.5)
                .with(Figure.DISK_BYTES, 2_000_000_000L));
        JsonLines.append(file, loop(1, 100));
        JsonLines.append(file, footprint);
        assertThat(JsonLines.read(file)).containsExactly(loop(1, 100), footprint);
    }

    @Test
    void writesFiguresAfterTheTenFieldsAndBytesWithoutPoint() {
        Figures figures = Figures.NONE.with(Figure.DISK_RATIO, 1.5).with(Figure.DISK_BYTES, 2_000_000_000L);
        assertThat(JsonLines.format(figures(figures)))
                .endsWith("\"errors\":0,\"diskBytes\":2000000000,\"diskRatio\":1.5}");
    }

    @Test
    void leavesOutFiguresThatAreNoNumbers() {
        assertThat(Figures.NONE.with(Figure.DISK_RATIO, 1 / 0.0).with(Figure.P99_RATIO, 0 / 0.0))
                .isEqualTo(Figures.NONE);
    }

    static Measurement figures(Figures figures) {
        return new Measurement("je", Workload.W7, 1, 2, 5, 6, 7, 8, 9, 0, figures);
    }

    static Measurement loop(int repetition, double opsPerSecond) {
        return new Measurement("ratis", Workload.W1, 16, repetition, opsPerSecond, 10, 20, 30, 40.5, 2, Figures.NONE);
    }
}
