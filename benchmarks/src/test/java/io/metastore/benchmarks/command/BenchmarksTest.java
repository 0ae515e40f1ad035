package io.metastore.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
    private CommandRuns runs;

    private Path data;

    @BeforeEach
    void here(@TempDir Path directory) {
        runs = new CommandRuns(directory);
        data = directory.resolve("data");
    }

    /** W3 and W7 are left out, for time; the peers are in {@link PeersTest}. */
    @Test
    void doesTheOtherWorkloads() throws IOException {
        List<Measurement> measurements = runs.loops(
                1,
                "--workloads=W2,W4,W5,W6",
                "--systems=metastore",
                "--repetitions=1",
                "--records=1000",
                "--rounds=1",
                "--loaders=8",
                "--in-process");
        assertThat(measurements)
                .extracting(Measurement::workload)
                .containsExactly(Workload.W2, Workload.W4, Workload.W5, Workload.W6);
        assertThat(measurements).allSatisfy(CommandRuns::assertWorked);
        assertThat(measurements.get(3).figures().get(Figure.AGAIN_SECONDS)).isPresent();
    }

    @Test
    void holdsClosuresAgainstOwnWrites() throws IOException {
        List<Measurement> measurements = run(
                "--workloads=W1,W1C", "--systems=metastore-single,metastore,fsync", "--repetitions=1", "--in-process");
        assertThat(measurements).hasSize(5).allSatisfy(measurement -> {
            assertThat(measurement.opsPerSecond()).isPositive();
            assertThat(measurement.errors()).isZero();
        });
        assertThat(runs.printed())
                .contains("W1C fsync, 2 callers, repetition 1: -")
                .contains("W1C / own W1, 2 callers, metastore-single: ")
                .contains("W1C / own W1, 2 callers, metastore: ");
    }

    @Test
    void comparesWithTheFirstSystemUnlessToldOtherwise() throws IOException {
        run("--workloads=W1", "--systems=metastore-single,fsync", "--repetitions=1", "--in-process");
        assertThat(runs.printed()).contains("metastore-single / system");
    }

    @Test
    void systemsTakeTurnsInJvmsOfTheirOwn() throws IOException {
        List<Measurement> measurements = run("--workloads=W3", "--systems=map", "--repetitions=2");
        assertThat(measurements).extracting(Measurement::repetition).containsExactly(1, 2);
        assertThat(runs.printed()).contains("[2/2] W3 map, 2 callers, repetition 2");
    }

    @Test
    void showsDashForWorkloadThatDriverCannotDo() throws IOException {
        assertThat(run("--workloads=W2,W3", "--systems=map", "--repetitions=1", "--in-process"))
                .hasSize(1);
        assertThat(runs.printed()).contains("[1/2] W2 map, 2 callers, repetition 1: -");
    }

    @Test
    void leavesNoDataBehind() throws IOException {
        run("--workloads=W3", "--systems=map", "--repetitions=1", "--in-process");
        try (Stream<Path> left = Files.list(data)) {
            assertThat(left).isEmpty();
        }
    }

    private List<Measurement> run(String... arguments) throws IOException {
        return runs.loops(0.3, arguments);
    }
}
