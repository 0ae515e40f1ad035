package io.metastore.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.Figure;
import io.metastore.benchmarks.workload.Figures;
import io.metastore.benchmarks.workload.Measurement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private static final List<Measurement> MEASUREMENTS =
            List.of(JsonLinesTest.loop(1, 300), JsonLinesTest.loop(2, 100), JsonLinesTest.loop(3, 200));

    @Test
    void showsMedianSpreadAndRatioOfEachSystem() {
        List<String> cells = row("ratis", new ResultTable(MEASUREMENTS, List.of("ratis", "je"), "ratis"));
        assertThat(cells).startsWith("W1 durable writes", "16", "ratis", "ops/s", "200", "100 – 300");
        assertThat(cells).endsWith("6", "1.00", "1.00");
    }

    @Test
    void showsNothingForSystemThatCouldNot() {
        List<String> cells = row("je", new ResultTable(MEASUREMENTS, List.of("ratis", "je"), "ratis"));
        assertThat(cells.subList(4, cells.size())).containsOnly("-");
    }

    @Test
    void showsFiguresInTheirUnitsAndDashWhereOneIsMissing() {
        Measurement footprint = JsonLinesTest.figures(Figures.NONE.with(Figure.DISK_BYTES, 2_500_000));
        ResultTable table = new ResultTable(List.of(footprint), List.of("je"), "je");
        assertThat(row("je", "MB resident", table)).startsWith("W7 footprint", "1", "je", "MB resident", "-");
        assertThat(row("je", "MB on disk", table)).startsWith("W7 footprint", "1", "je", "MB on disk", "2.50");
        assertThat(Summary.of(footprint)).isEqualTo("2.50 MB on disk");
    }

    private static List<String> row(String system, ResultTable table) {
        return row(system, "ops/s", table);
    }

    private static List<String> row(String system, String figure, ResultTable table) {
        return table.render()
                .lines()
                .map(ResultTableTest::cells)
                .filter(cells -> cells.size() > 3
                        && cells.get(2).equals(system)
                        && cells.get(3).equals(figure))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("[│║]"))
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .toList();
    }
}
