package io.metastore.benchmarks.report;

import io.metastore.benchmarks.workload.Measurement;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The median of some repetitions, and how far they are apart. */
record Spread(double median, double min, double max) {
    /** Of two middle values the median is their mean; at least one measurement is needed. */
    static Spread of(List<Measurement> measurements, ToDoubleFunction<Measurement> value) {
        double[] sorted = measurements.stream().mapToDouble(value).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no measurement, no median");
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    String range() {
        return Metric.number(min) + " – " + Metric.number(max);
    }
}
