package io.metastore.benchmarks.command;

import io.metastore.benchmarks.Trees;
import io.metastore.benchmarks.report.Summary;
import io.metastore.benchmarks.workload.Cell;
import io.metastore.benchmarks.workload.Measurement;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Goes through the cells in order and says how it goes. A cell that fails is reported, and the next one begins. */
final class Session {
    /** How a cell is measured: here or in a JVM of its own. */
    @FunctionalInterface
    interface Measuring {
        Measurement measure(Cell cell) throws Exception;
    }

    private final List<Cell> cells;
    private final Measuring measuring;
    private final boolean keep;
    private final PrintWriter out;
    private final List<String> failures = new ArrayList<>();

    Session(List<Cell> cells, Measuring measuring, boolean keep, PrintWriter out) {
        this.cells = List.copyOf(cells);
        this.measuring = measuring;
        this.keep = keep;
        this.out = out;
    }

    /** The measurements of all cells that did not fail, in order. */
    List<Measurement> run() throws IOException, InterruptedException {
        for (Cell cell : cells) {
            Trees.delete(cell.directory()); // Left by a session that was interrupted.
        }
        List<Measurement> measurements = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            out.printf(Locale.ROOT, "[%d/%d] %s: ", i + 1, cells.size(), title(cell));
            out.flush();
            run(cell, measurements);
            if (!keep && !usedAgain(cell, i + 1)) {
                Trees.delete(cell.directory());
            }
        }
        return measurements;
    }

    /** One line for each cell that failed. */
    List<String> failures() {
        return failures;
    }

    private void run(Cell cell, List<Measurement> measurements) throws InterruptedException {
        if (!cell.supported()) {
            out.println("-");
            return;
        }
        try {
            Measurement measurement = measuring.measure(cell);
            measurements.add(measurement);
            out.println(Summary.of(measurement));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            out.println("FAILED: " + e.getMessage());
            failures.add("FAILED: " + title(cell) + ": " + e.getMessage());
        }
    }

    private boolean usedAgain(Cell cell, int from) {
        return cells.subList(from, cells.size()).stream()
                .anyMatch(later -> later.directory().equals(cell.directory()));
    }

    private static String title(Cell cell) {
        return String.format(
                Locale.ROOT,
                "%s %s, %d callers, repetition %d",
                cell.workload(),
                cell.driver().name(),
                cell.callers(),
                cell.repetition());
    }
}
