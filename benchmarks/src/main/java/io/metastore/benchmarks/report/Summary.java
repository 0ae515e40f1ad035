package io.metastore.benchmarks.report;

import io.metastore.benchmarks.workload.Measurement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** One measurement in one line, for those who watch. */
public final class Summary {
    private Summary() {}

    /** What the table will show of it; for closed loops the latencies and the processor time too. */
    public static String of(Measurement measurement) {
        String errors = measurement.errors() == 0 ? "" : ", ERRORS " + measurement.errors();
        return measurement.figures().all().isEmpty() ? loop(measurement) + errors : figures(measurement) + errors;
    }

    private static String figures(Measurement measurement) {
        return Metric.of(measurement.workload()).stream()
                .flatMap(metric -> text(metric, measurement).stream())
                .collect(Collectors.joining(", "));
    }

    private static Optional<String> text(Metric metric, Measurement measurement) {
        Spread spread = metric.spread(List.of(measurement));
        return spread == null ? Optional.empty() : Optional.of(Metric.number(spread.median()) + " " + metric.unit());
    }

    private static String loop(Measurement measurement) {
        return String.format(
                Locale.ROOT,
                "%,.1f ops/s, p50 %,.0f µs, p99 %,.0f µs, cpu %,.1f µs/op",
                measurement.opsPerSecond(),
                measurement.p50Micros(),
                measurement.p99Micros(),
                measurement.cpuMicrosPerOp());
    }
}
