package io.metastore.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static List<String> row(String system, ResultTable table) {
        return table.render()
                .lines()
                .map(ResultTableTest::cells)
                .filter(cells -> cells.size() > 2 && cells.get(2).equals(system))
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
