package io.metastore.benchmarks.jmh;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that holds {@link ApplyBenchmark} against {@link RocksDbWriteBatchBenchmark}, taking turns, each time in a new JVM. */
@Command(
        name = "apply-ratio",
        mixinStandardHelpOptions = true,
        description = "Puts per second of the apply thread, held against RocksDB alone.")
public final class ApplyRatio implements Callable<Integer> {
    @Option(names = "--batches", split = ",", defaultValue = "1,16,128", description = "Puts per entry or batch.")
    private List<Integer> batches = List.of();

    @Option(names = "--repetitions", defaultValue = "3", description = "Turns (${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--iterations", defaultValue = "3", description = "Measured iterations (${DEFAULT-VALUE}).")
    private int iterations;

    @Option(names = "--seconds", defaultValue = "3", description = "Of an iteration (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--forks", defaultValue = "1", description = "0: in this JVM, which compares nothing well.")
    private int forks;

    private final PrintWriter out;

    ApplyRatio(PrintWriter out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.exit(new CommandLine(new ApplyRatio(out)).execute(arguments));
    }

    @Override
    public Integer call() throws RunnerException {
        for (int batch : batches) {
            List<Score> alone = new ArrayList<>();
            List<Score> apply = new ArrayList<>();
            for (int i = 0; i < repetitions; i++) {
                alone.add(score(RocksDbWriteBatchBenchmark.class, batch));
                apply.add(score(ApplyBenchmark.class, batch));
            }
            print(batch, apply, alone);
        }
        return CommandLine.ExitCode.OK;
    }

    /** The ratio is that of the medians, as in the other tables. */
    private void print(int batch, List<Score> apply, List<Score> alone) {
        double applied = median(apply, Score::putsPerSecond);
        double written = median(alone, Score::putsPerSecond);
        double applyNanos = median(apply, Score::threadNanosPerPut);
        double aloneNanos = median(alone, Score::threadNanosPerPut);
        out.printf(
                Locale.ROOT,
                "%d puts per batch: apply %,.0f/s %s, RocksDB alone %,.0f/s %s, ratio %.2f;"
                        + " time of the thread per put %,.0f ns, %,.0f ns, ratio %.2f; load average %.1f%n",
                batch,
                applied,
                range(apply),
                written,
                range(alone),
                applied / written,
                applyNanos,
                aloneNanos,
                aloneNanos / applyNanos,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private record Score(double putsPerSecond, double threadNanosPerPut) {}

    private Score score(Class<?> benchmark, int batch) throws RunnerException {
        TimeValue time = TimeValue.milliseconds(Math.round(seconds * 1_000));
        RunResult result = new Runner(new OptionsBuilder()
                        .include(benchmark.getName() + "\\.")
                        .param("batchPuts", String.valueOf(batch))
                        .forks(forks)
                        .warmupIterations(iterations)
                        .warmupTime(time)
                        .measurementIterations(iterations)
                        .measurementTime(time)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
        double nanosPerPut = counter(result, "cpuNanos") / counter(result, "puts");
        return new Score(result.getPrimaryResult().getScore(), nanosPerPut);
    }

    private static double counter(RunResult result, String name) {
        return Objects.requireNonNull(result.getSecondaryResults().get(name), name)
                .getScore();
    }

    private static String range(List<Score> scores) {
        DoubleSummaryStatistics all =
                scores.stream().mapToDouble(Score::putsPerSecond).summaryStatistics();
        return String.format(Locale.ROOT, "(%,.0f – %,.0f)", all.getMin(), all.getMax());
    }

    private static double median(List<Score> scores, ToDoubleFunction<Score> figure) {
        double[] sorted = scores.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
