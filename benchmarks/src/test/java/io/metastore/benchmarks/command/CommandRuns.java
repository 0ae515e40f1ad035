package io.metastore.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.report.JsonLines;
import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs the command in this process, so small that its figures say nothing about speed. */
final class CommandRuns {

    private static final List<String> LOOPS = List.of("--callers=2", "--warmup=0.1", "--keys=100");

    private static final List<String> IMAGES = List.of(
            "--in-process",
            "--repetitions=1",
            "--callers=2",
            "--records=2000",
            "--transactions=500",
            "--loaders=32",
            "--seconds=0.5",
            "--warmup=0.1");

    private final Path directory;
    private final StringWriter printed = new StringWriter();

    CommandRuns(Path directory) {
        this.directory = directory;
    }

    /** Workloads that are loops of operations, for so long each. */
    List<Measurement> loops(double seconds, String... arguments) throws IOException {
        return run(Stream.concat(LOOPS.stream(), Stream.of("--seconds=" + seconds)), Stream.of(arguments));
    }

    /** Workloads about images; nothing may fail. */
    List<Measurement> images(String workloads, String systems) throws IOException {
        List<Measurement> measurements =
                run(IMAGES.stream(), Stream.of("--workloads=" + workloads, "--systems=" + systems));
        assertThat(measurements)
                .allSatisfy(measurement ->
                        assertThat(measurement.errors()).as(printed()).isZero());
        return measurements;
    }

    private List<Measurement> run(Stream<String> usual, Stream<String> arguments) throws IOException {
        Path json = directory.resolve("results.jsonl");
        Stream<String> here = Stream.of("--dir=" + directory.resolve("data"), "--json=" + json);
        int exitCode = Benchmarks.command(new PrintWriter(printed, true))
                .execute(Stream.of(usual, here, arguments).flatMap(each -> each).toArray(String[]::new));
        assertThat(exitCode).as(printed()).isZero();
        return Files.exists(json) ? JsonLines.read(json) : List.of();
    }

    /** That it was measured, and nothing failed that need not: in W5 the leader is stopped, and calls fail until another leads. */
    static void assertWorked(Measurement measurement) {
        assertThat(measurement.opsPerSecond()).as("%s", measurement).isPositive();
        if (measurement.workload() != Workload.W5) {
            assertThat(measurement.errors()).as("%s", measurement).isZero();
        }
    }

    /** That these figures are among what was measured. */
    static void assertHasFigures(Measurement measurement, Figure... figures) {
        assertThat(measurement.figures().all()).containsKeys(figures);
    }

    String printed() {
        return printed.toString();
    }
}
