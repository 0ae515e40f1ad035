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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each workload about images once on few records: whether it works, not how fast it is. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ImageWorkloadsTest {
    @TempDir
    private Path directory = Path.of("");

    private final StringWriter printed = new StringWriter();

    @Test
    void everyOneWorksWithADriverFromOutside() throws IOException {
        List<Measurement> measurements = run("W6I,CKPT,SHIP,ARCHIVE,ARCHIVEC", "imaging-map");
        assertThat(measurements)
                .extracting(Measurement::workload)
                .containsExactly(Workload.W6I, Workload.CKPT, Workload.SHIP, Workload.ARCHIVE, Workload.ARCHIVEC);
        assertThat(measurements.get(1).callers()).isEqualTo(2);
        hasFigures(measurements.get(1), Figure.CHECKPOINT_SECONDS, Figure.DISK_RATIO, Figure.P99_RATIO, Figure.ROUNDS);
        hasFigures(measurements.get(2), Figure.LEVEL_SECONDS, Figure.SHIPPED_BYTES, Figure.QUIET_P99_MICROS);
        hasFigures(measurements.get(3), Figure.VERIFY_SECONDS, Figure.EXPORT_SECONDS, Figure.COMPRESSED_RATIO);
    }

    @Test
    void driversWithoutImagesAreLeftOut() throws IOException {
        assertThat(run("W6I,CKPT,SHIP,ARCHIVE", "map")).isEmpty();
        assertThat(printed.toString()).contains("W6I map, 1 callers, repetition 1: -");
    }

    @Test
    void membersReopenPastTheirImages() throws IOException {
        assertThat(run("W6I", "metastore,metastore-single,je,jraft")).hasSize(4).allSatisfy(measurement -> assertThat(
                        measurement.opsPerSecond())
                .isPositive());
    }

    @Test
    void imagesAreMadeUnderWrites() throws IOException {
        List<Measurement> measurements = run("CKPT", "metastore,je,jraft");
        assertThat(measurements).hasSize(3).allSatisfy(measurement -> {
            assertThat(measurement.opsPerSecond()).isPositive();
            hasFigures(measurement, Figure.CHECKPOINT_SECONDS, Figure.P99_RATIO, Figure.MAX_RATIO, Figure.ROUNDS);
            assertThat(measurement.figures().get(Figure.DISK_RATIO).orElseThrow())
                    .isGreaterThan(1);
        });
    }

    @Test
    void memberFarBehindReceivesAnImageUnderWrites() throws IOException {
        assertThat(run("SHIP", "metastore,jraft")).hasSize(2).allSatisfy(measurement -> {
            assertThat(measurement.opsPerSecond()).isPositive();
            hasFigures(measurement, Figure.LEVEL_SECONDS, Figure.SHIPPED_BYTES, Figure.THROUGHPUT_RATIO);
        });
    }

    @Test
    void imagesAreArchivedAndComeBack() throws IOException {
        List<Measurement> measurements = run("ARCHIVE,ARCHIVEC", "metastore-single");
        assertThat(measurements).hasSize(2).allSatisfy(measurement -> {
            hasFigures(
                    measurement,
                    Figure.VERIFY_BYTES_PER_SECOND,
                    Figure.EXPORT_BYTES_PER_SECOND,
                    Figure.IMPORT_BYTES_PER_SECOND);
        });
        assertThat(compressed(measurements.get(1))).isLessThan(compressed(measurements.get(0)));
    }

    private static double compressed(Measurement measurement) {
        return measurement.figures().get(Figure.ARCHIVE_BYTES).orElseThrow();
    }

    private static void hasFigures(Measurement measurement, Figure... figures) {
        assertThat(measurement.figures().all()).containsKeys(figures);
    }

    private List<Measurement> run(String workloads, String systems) throws IOException {
        Path json = directory.resolve("results.jsonl");
        int exitCode = Benchmarks.command(new PrintWriter(printed, true))
                .execute(
                        "--workloads=" + workloads,
                        "--systems=" + systems,
                        "--in-process",
                        "--repetitions=1",
                        "--callers=2",
                        "--records=2000",
                        "--transactions=500",
                        "--loaders=32",
                        "--seconds=0.5",
                        "--warmup=0.1",
                        "--dir=" + directory.resolve("data"),
                        "--json=" + json);
        assertThat(exitCode).as(printed.toString()).isZero();
        List<Measurement> measurements = Files.exists(json) ? JsonLines.read(json) : List.of();
        assertThat(measurements)
                .allSatisfy(measurement ->
                        assertThat(measurement.errors()).as(printed.toString()).isZero());
        return measurements;
    }
}
