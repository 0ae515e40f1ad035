package io.metastore.benchmarks.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The one table at the end of a session: a row for each workload, number of callers, system and figure, with the median
 * over the repetitions and the ratio of the reference system to the system of the row.
 */
public final class ResultTable {
    private static final String NOTHING = "-";

    private final List<Measurement> measurements;
    private final List<String> systems;
    private final String reference;

    /**
     * @param systems in the order of the rows; one without measurements of a workload is shown as {@code -}
     * @param reference the system that the others are compared with
     */
    public ResultTable(List<Measurement> measurements, List<String> systems, String reference) {
        this.measurements = List.copyOf(measurements);
        this.systems = List.copyOf(systems);
        this.reference = reference;
    }

    public String render() {
        List<ColumnData<Row>> columns = List.of(
                column("workload", HorizontalAlign.LEFT, Row::title),
                column("callers", HorizontalAlign.RIGHT, row -> String.valueOf(row.callers())),
                column("system", HorizontalAlign.LEFT, Row::system),
                column("figure", HorizontalAlign.LEFT, row -> row.metric().unit()),
                column("median", HorizontalAlign.RIGHT, row -> row.median()),
                column("min – max", HorizontalAlign.RIGHT, row -> row.range()),
                column("p50 µs", HorizontalAlign.RIGHT, row -> row.latency(Measurement::p50Micros)),
                column("p99 µs", HorizontalAlign.RIGHT, row -> row.latency(Measurement::p99Micros)),
                column("p99.9 µs", HorizontalAlign.RIGHT, row -> row.latency(Measurement::p999Micros)),
                column("cpu µs/op", HorizontalAlign.RIGHT, row -> row.latency(Measurement::cpuMicrosPerOp)),
                column("errors", HorizontalAlign.RIGHT, row -> row.errors()),
                column(reference + " / system", HorizontalAlign.RIGHT, row -> row.ratio()),
                column("p99 ratio", HorizontalAlign.RIGHT, row -> row.latencyRatio()));
        return AsciiTable.getTable(AsciiTable.FANCY_ASCII, rows(), columns);
    }

    private static ColumnData<Row> column(String title, HorizontalAlign align, Function<Row, String> text) {
        return new Column().header(title).dataAlign(align).with(text);
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            Set<Integer> callers = new TreeSet<>();
            measurements.stream().filter(m -> m.workload() == workload).forEach(m -> callers.add(m.callers()));
            for (int count : callers) {
                for (Metric metric : Metric.of(workload)) {
                    systems.forEach(system -> rows.add(row(workload, count, system, metric)));
                }
            }
        }
        return rows;
    }

    private Row row(Workload workload, int callers, String system, Metric metric) {
        return new Row(
                workload,
                callers,
                system,
                metric,
                repetitions(workload, callers, system),
                repetitions(workload, callers, reference));
    }

    private List<Measurement> repetitions(Workload workload, int callers, String system) {
        return measurements.stream()
                .filter(m -> m.workload() == workload
                        && m.callers() == callers
                        && m.system().equals(system))
                .toList();
    }

    /** One row; lists are empty where the system cannot do the workload or has failed in it. */
    private record Row(
            Workload workload,
            int callers,
            String system,
            Metric metric,
            List<Measurement> own,
            List<Measurement> reference) {
        String title() {
            return workload + " " + workload.title();
        }

        String median() {
            Spread spread = spread(own);
            return spread == null ? NOTHING : Metric.number(spread.median());
        }

        String range() {
            Spread spread = spread(own);
            return spread == null ? NOTHING : spread.range();
        }

        /** Also of processor time: any field that means something only for closed loops. */
        String latency(ToDoubleFunction<Measurement> field) {
            return own.isEmpty() || !metric.equals(Metric.OPERATIONS)
                    ? NOTHING
                    : Metric.number(Spread.of(own, field).median());
        }

        String errors() {
            return own.isEmpty()
                    ? NOTHING
                    : String.valueOf(own.stream().mapToLong(Measurement::errors).sum());
        }

        String ratio() {
            Spread mine = spread(own);
            Spread other = spread(reference);
            return mine == null || other == null || mine.median() == 0
                    ? NOTHING
                    : Metric.number(other.median() / mine.median());
        }

        String latencyRatio() {
            if (own.isEmpty() || reference.isEmpty() || !metric.equals(Metric.OPERATIONS)) {
                return NOTHING;
            }
            return Metric.number(Spread.of(reference, Measurement::p99Micros).median()
                    / Spread.of(own, Measurement::p99Micros).median());
        }

        private @Nullable Spread spread(List<Measurement> measurements) {
            return metric.spread(measurements);
        }
    }
}
