package io.metastore.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;

/** That they run; what they say here means nothing. */
class SinglePiecesTest {
    /** Several builds on one machine must not wait for each other. */
    @BeforeAll
    static void ignoreOtherRuns() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void everyBenchmarkGivesAFigure() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("\\.(JournalCodec|TableCodec|Read)Benchmark\\.")
                        .param("batchPuts", "16")
                        .param("flushed", "true")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results).hasSize(5 + 6 + 2).allSatisfy(result -> assertThat(
                        result.getPrimaryResult().getScore())
                .isPositive());
    }

    @Test
    void applyIsHeldAgainstRocksDbAlone() {
        StringWriter printed = new StringWriter();
        int exitCode = new CommandLine(new ApplyRatio(new PrintWriter(printed, true)))
                .execute("--batches=1,128", "--repetitions=1", "--iterations=1", "--seconds=0.1", "--forks=0");
        assertThat(exitCode).as(printed.toString()).isZero();
        assertThat(printed.toString().lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                .matches("(1|128) puts per batch: apply [0-9,]+/s .*, ratio [0-9.]+; time of the thread .*"));
    }
}
