package io.metastore.benchmarks.report;

import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What W1C is held against: W1 of the same system with the same number of callers. */
public final class OwnRatios {
    private OwnRatios() {}

    /** One line for each system and number of callers of which there are both. */
    public static List<String> lines(List<Measurement> measurements, List<String> systems) {
        List<String> lines = new ArrayList<>();
        for (String system : systems) {
            TreeSet<Integer> callers = new TreeSet<>();
            measurements.stream().filter(m -> m.system().equals(system)).forEach(m -> callers.add(m.callers()));
            for (int count : callers) {
                List<Measurement> closures = repetitions(measurements, Workload.W1C, system, count);
                List<Measurement> writes = repetitions(measurements, Workload.W1, system, count);
                if (!closures.isEmpty() && !writes.isEmpty()) {
                    double ratio = Spread.of(closures, Measurement::opsPerSecond)
                                    .median()
                            / Spread.of(writes, Measurement::opsPerSecond).median();
                    lines.add("W1C / own W1, " + count + " callers, " + system + ": " + Metric.number(ratio));
                }
            }
        }
        return lines;
    }

    private static List<Measurement> repetitions(
            List<Measurement> measurements, Workload workload, String system, int callers) {
        return measurements.stream()
                .filter(m -> m.workload() == workload && m.system().equals(system) && m.callers() == callers)
                .toList();
    }
}
