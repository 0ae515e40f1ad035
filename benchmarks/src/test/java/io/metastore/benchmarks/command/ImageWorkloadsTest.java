package io.metastore.benchmarks.command;

import static io.metastore.benchmarks.command.CommandRuns.assertHasFigures;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each workload about images once on few records: whether it works, not how fast it is. The peers are in {@link PeersTest}. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("long")
class ImageWorkloadsTest {
    private Path directory;
    private CommandRuns runs;

    @BeforeEach
    void here(@TempDir Path directory) {
        this.directory = directory;
        runs = new CommandRuns(directory);
    }

    @Test
    void everyOneWorksWithADriverFromOutside() throws IOException {
        List<Measurement> measurements = runs.images("W6I,CKPT,SHIP,ARCHIVE,ARCHIVEC,W8", "imaging-map");
        assertThat(measurements)
                .extracting(Measurement::workload)
                .containsExactly(
                        Workload.W6I, Workload.CKPT, Workload.SHIP, Workload.ARCHIVE, Workload.ARCHIVEC, Workload.W8);
        assertThat(measurements.get(1).callers()).isEqualTo(2);
        assertHasFigures(
                measurements.get(1), Figure.CHECKPOINT_SECONDS, Figure.DISK_RATIO, Figure.P99_RATIO, Figure.ROUNDS);
        assertHasFigures(
                measurements.get(2),
                Figure.LEVEL_SECONDS,
                Figure.SHIPPED_BYTES,
                Figure.QUIET_P99_MICROS,
                Figure.WHOLE_P99_RATIO);
        assertHasFigures(measurements.get(3), Figure.VERIFY_SECONDS, Figure.EXPORT_SECONDS, Figure.COMPRESSED_RATIO);
    }

    @Test
    void driversWithoutImagesAreLeftOut() throws IOException {
        assertThat(runs.images("W6I,CKPT,SHIP,ARCHIVE,W8", "map")).isEmpty();
        assertThat(runs.printed()).contains("W6I map, 1 callers, repetition 1: -");
    }

    @Test
    void membersReopenPastTheirImages() throws IOException {
        assertThat(runs.images("W6I", "metastore,metastore-single")).hasSize(2).allSatisfy(CommandRuns::assertWorked);
    }

    @Test
    void imagesAreMadeUnderWrites() throws IOException {
        assertThat(runs.images("CKPT", "metastore")).singleElement().satisfies(ImageWorkloadsTest::assertMade);
    }

    /** Images were made while others wrote; those of before are still there then. */
    static void assertMade(Measurement measurement) {
        CommandRuns.assertWorked(measurement);
        assertHasFigures(measurement, Figure.CHECKPOINT_SECONDS, Figure.P99_RATIO, Figure.MAX_RATIO, Figure.ROUNDS);
        assertThat(measurement.figures().get(Figure.DISK_RATIO).orElseThrow()).isGreaterThan(1);
    }

    @Test
    void memberFarBehindReceivesAnImageUnderWrites() throws IOException {
        assertThat(runs.images("SHIP,W8", "metastore")).hasSize(2).allSatisfy(ImageWorkloadsTest::assertShipped);
    }

    /** The member that comes back is started by the words that are to go before its command. */
    @Test
    void memberInAProcessOfItsOwnReceivesAnImageUnderWrites() throws IOException {
        Path seen = directory.resolve("seen");
        System.setProperty("metastore.back.before", "sh,-c,echo $$ >> '" + seen + "'; exec \"$@\",sh");
        try {
            assertThat(runs.images("SHIP,W8", "metastore-processes"))
                    .hasSize(2)
                    .allSatisfy(ImageWorkloadsTest::assertShipped);
        } finally {
            System.clearProperty("metastore.back.before");
        }
        assertThat(Files.readAllLines(seen)).as("two members, each twice").hasSize(4);
    }

    static void assertShipped(Measurement measurement) {
        CommandRuns.assertWorked(measurement);
        assertHasFigures(
                measurement,
                Figure.LEVEL_SECONDS,
                Figure.SHIPPED_BYTES,
                Figure.THROUGHPUT_RATIO,
                Figure.WHOLE_THROUGHPUT_RATIO);
    }

    @Test
    void imagesAreArchivedAndComeBack() throws IOException {
        List<Measurement> measurements = runs.images("ARCHIVE,ARCHIVEC", "metastore-single");
        assertThat(measurements).hasSize(2).allSatisfy(measurement -> {
            assertHasFigures(
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
}
