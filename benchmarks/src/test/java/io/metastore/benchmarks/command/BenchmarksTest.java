package io.metastore.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.report.JsonLines;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
    @TempDir
    private Path directory = Path.of("");

    private final StringWriter printed = new StringWriter();

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // Of a start that fails each may take one.
    void measuresEveryPeerWithoutErrors() throws IOException {
        List<Measurement> measurements =
                run("--workloads=W1", "--systems=ratis,je,jraft", "--repetitions=1", "--in-process");
        assertThat(measurements).extracting(Measurement::system).containsExactly("ratis", "je", "jraft");
        assertThat(measurements).allSatisfy(measurement -> {
            assertThat(measurement.opsPerSecond()).isPositive();
            assertThat(measurement.p50Micros()).isPositive();
            assertThat(measurement.errors()).isZero();
        });
    }

    /** Small enough to say nothing about speed: that each driver can do what it is measured at. */
    @Test
    void everyPeerDoesTheOtherWorkloadsToo() throws IOException {
        List<Measurement> measurements = run(
                2, // Of some systems the first strongest read takes most of a second on a busy machine.
                "--workloads=W2,W4,W5,W6",
                "--systems=metastore,ratis,je,jraft",
                "--repetitions=1",
                "--records=1000",
                "--rounds=1",
                "--loaders=8",
                "--in-process");
        assertThat(measurements)
                .filteredOn(measurement -> measurement.system().equals("metastore"))
                .extracting(Measurement::workload)
                .containsExactly(
                        Workload.W2, Workload.W4, Workload.W5, Workload.W6); // W3 and W7 are left out, for time.
        assertThat(measurements).hasSizeGreaterThan(8).allSatisfy(measurement -> {
            assertThat(measurement.opsPerSecond()).as("%s", measurement).isPositive();
            if (measurement.workload()
                    != Workload.W5) { // There the leader is stopped, and calls fail until another leads.
                assertThat(measurement.errors()).as("%s", measurement).isZero();
            }
        });
    }

    @Test
    void holdsClosuresAgainstOwnWrites() throws IOException {
        List<Measurement> measurements = run(
                "--workloads=W1,W1C", "--systems=metastore-single,metastore,fsync", "--repetitions=1", "--in-process");
        assertThat(measurements).hasSize(5).allSatisfy(measurement -> {
            assertThat(measurement.opsPerSecond()).isPositive();
            assertThat(measurement.errors()).isZero();
        });
        assertThat(printed.toString())
                .contains("W1C fsync, 2 callers, repetition 1: -")
                .contains("W1C / own W1, 2 callers, metastore-single: ")
                .contains("W1C / own W1, 2 callers, metastore: ");
    }

    @Test
    void comparesWithTheFirstSystemUnlessToldOtherwise() throws IOException {
        run("--workloads=W1", "--systems=metastore-single,fsync", "--repetitions=1", "--in-process");
        assertThat(printed.toString()).contains("metastore-single / system");
    }

    @Test
    void systemsTakeTurnsInJvmsOfTheirOwn() throws IOException {
        List<Measurement> measurements = run("--workloads=W3", "--systems=map", "--repetitions=2");
        assertThat(measurements).extracting(Measurement::repetition).containsExactly(1, 2);
        assertThat(printed.toString()).contains("[2/2] W3 map, 2 callers, repetition 2");
    }

    @Test
    void showsDashForWorkloadThatDriverCannotDo() throws IOException {
        assertThat(run("--workloads=W2,W3", "--systems=map", "--repetitions=1", "--in-process"))
                .hasSize(1);
        assertThat(printed.toString()).contains("[1/2] W2 map, 2 callers, repetition 1: -");
    }

    @Test
    void leavesNoDataBehind() throws IOException {
        run("--workloads=W3", "--systems=map", "--repetitions=1", "--in-process");
        try (Stream<Path> left = Files.list(directory.resolve("data"))) {
            assertThat(left).isEmpty();
        }
    }

    private List<Measurement> run(String... arguments) throws IOException {
        return run(0.3, arguments);
    }

    private List<Measurement> run(double seconds, String... arguments) throws IOException {
        Path json = directory.resolve("results.jsonl");
        String[] common = {
            "--callers=2",
            "--seconds=" + seconds,
            "--warmup=0.1",
            "--keys=100",
            "--dir=" + directory.resolve("data"),
            "--json=" + json
        };
        int exitCode = Benchmarks.command(new PrintWriter(printed, true))
                .execute(Stream.concat(Stream.of(common), Stream.of(arguments)).toArray(String[]::new));
        assertThat(exitCode).as(printed.toString()).isZero();
        return JsonLines.read(json);
    }
}
