package io.metastore.benchmarks.report;

import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A figure of the table: what it shows of a measurement, in which unit.
 *
 * @param value empty when it was not measured
 */
record Metric(String unit, Function<Measurement, OptionalDouble> value) {
    static final Metric OPERATIONS = new Metric("ops/s", m -> OptionalDouble.of(m.opsPerSecond()));
    private static final Metric INTERRUPTION =
            new Metric("s without acknowledgement", m -> OptionalDouble.of(m.p50Micros() / 1e6));
    private static final Metric OPENING = new Metric("s to open", m -> OptionalDouble.of(m.p50Micros() / 1e6));

    static List<Metric> of(Workload workload) {
        return switch (workload) {
            case W1, W1C, W2, W3, W4 -> List.of(OPERATIONS);
            case W5 -> List.of(INTERRUPTION);
            case W6 -> List.of(OPENING, of(Figure.AGAIN_SECONDS));
            case W6I -> List.of(OPENING);
            case W7 -> List.of(of(Figure.RESIDENT_BYTES), of(Figure.DISK_BYTES));
            case CKPT ->
                List.of(
                        of(Figure.CHECKPOINT_SECONDS),
                        of(Figure.CHECKPOINT_SECONDS_MAX),
                        of(Figure.APPLY_HELD_SECONDS),
                        of(Figure.APPLY_HELD_SECONDS_MAX),
                        of(Figure.DISK_RATIO),
                        OPERATIONS,
                        of(Figure.THROUGHPUT_RATIO),
                        of(Figure.P99_RATIO),
                        of(Figure.MAX_MICROS),
                        of(Figure.MAX_RATIO));
            case SHIP, W8 ->
                List.of(
                        of(Figure.LEVEL_SECONDS),
                        of(Figure.SHIPPED_BYTES),
                        OPERATIONS,
                        of(Figure.THROUGHPUT_RATIO),
                        of(Figure.P99_RATIO),
                        of(Figure.WHOLE_THROUGHPUT_RATIO),
                        of(Figure.WHOLE_P99_RATIO));
            case ARCHIVE, ARCHIVEC ->
                List.of(
                        of(Figure.VERIFY_SECONDS),
                        of(Figure.VERIFY_BYTES_PER_SECOND),
                        of(Figure.EXPORT_SECONDS),
                        of(Figure.EXPORT_BYTES_PER_SECOND),
                        of(Figure.IMPORT_SECONDS),
                        of(Figure.IMPORT_BYTES_PER_SECOND),
                        of(Figure.COMPRESSED_RATIO));
        };
    }

    static Metric of(Figure figure) {
        return new Metric(figure.unit(), measurement -> {
            OptionalDouble value = measurement.figures().get(figure);
            return value.isPresent() ? OptionalDouble.of(figure.inUnit(value.getAsDouble())) : value;
        });
    }

    /** The figure over all repetitions; null when one of them does not have it, or there is none. */
    @Nullable
    Spread spread(List<Measurement> measurements) {
        List<OptionalDouble> values = measurements.stream().map(value).toList();
        return values.isEmpty() || values.stream().anyMatch(OptionalDouble::isEmpty)
                ? null
                : Spread.of(measurements, each -> value.apply(each).orElseThrow());
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
