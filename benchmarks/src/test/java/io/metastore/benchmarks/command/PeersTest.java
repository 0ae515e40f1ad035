package io.metastore.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.Measurement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each driver of a peer does what it is measured at. Small enough to say nothing about speed; still two minutes, so run on demand: {@code mvn -B verify
 * -Pbenchmark-peers}. That each opens, writes, reads and is opened again is among the tests of every build.
 */
@Tag("peers")
@Timeout(value = 5, unit = TimeUnit.MINUTES) // Of a start that fails each may take one.
class PeersTest {

    private CommandRuns runs;

    @BeforeEach
    void here(@TempDir Path directory) {
        runs = new CommandRuns(directory);
    }

    @Test
    void writes() throws IOException {
        List<Measurement> measurements =
                runs.loops(0.3, "--workloads=W1", "--systems=ratis,je,jraft", "--repetitions=1", "--in-process");
        assertThat(measurements).extracting(Measurement::system).containsExactly("ratis", "je", "jraft");
        assertThat(measurements).allSatisfy(measurement -> {
            CommandRuns.assertWorked(measurement);
            assertThat(measurement.p50Micros()).isPositive();
        });
    }

    @Test
    void doTheOtherWorkloads() throws IOException {
        List<Measurement> measurements = runs.loops(
                2, // Of some systems the first strongest read takes most of a second on a busy machine.
                "--workloads=W2,W4,W5,W6",
                "--systems=ratis,je,jraft",
                "--repetitions=1",
                "--records=1000",
                "--rounds=1",
                "--loaders=8",
                "--in-process");
        assertThat(measurements).hasSizeGreaterThan(4).allSatisfy(CommandRuns::assertWorked);
    }

    @Test
    void reopenPastTheirImages() throws IOException {
        assertThat(runs.images("W6I", "je,jraft")).hasSize(2).allSatisfy(CommandRuns::assertWorked);
    }

    @Test
    void makeImagesUnderWrites() throws IOException {
        assertThat(runs.images("CKPT", "je,jraft")).hasSize(2).allSatisfy(ImageWorkloadsTest::assertMade);
    }

    @Test
    void shipAnImageToAMemberFarBehindUnderWrites() throws IOException {
        assertThat(runs.images("SHIP,W8", "jraft")).hasSize(2).allSatisfy(ImageWorkloadsTest::assertShipped);
    }
}
