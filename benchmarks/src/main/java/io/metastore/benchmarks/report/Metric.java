package io.metastore.benchmarks.report;

import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.util.List;
import java.util.Locale;

/** A figure of the table: which field it shows, in which unit. */
enum Metric {
    OPERATIONS("ops/s"),
    INTERRUPTION("s without acknowledgement"),
    OPENING("s to open"),
    RESIDENT("MB resident"),
    DISK("MB on disk");

    private final String unit;

    Metric(String unit) {
        this.unit = unit;
    }

    static List<Metric> of(Workload workload) {
        return switch (workload) {
            case W1, W1C, W2, W3, W4 -> List.of(OPERATIONS);
            case W5 -> List.of(INTERRUPTION);
            case W6 -> List.of(OPENING);
            case W7 -> List.of(RESIDENT, DISK);
        };
    }

    String unit() {
        return unit;
    }

    /** The figure over all repetitions. */
    Spread spread(List<Measurement> measurements) {
        return Spread.of(measurements, this::value);
    }

    private double value(Measurement measurement) {
        return switch (this) {
            case OPERATIONS -> measurement.opsPerSecond();
            case INTERRUPTION, OPENING -> measurement.p50Micros() / 1e6;
            case RESIDENT -> measurement.residentBytes() / 1e6;
            case DISK -> measurement.diskBytes() / 1e6;
        };
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
