package io.metastore.api.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Aligns cells under headings, two spaces between columns. Written by hand because this module depends on nothing. */
final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(List<String> headings) {
        rows.add(headings);
    }

    /** @param cells as many as there are headings */
    void add(List<String> cells) {
        rows.add(cells.stream().map(TextTable::oneLine).toList());
    }

    String render() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    static String instant(@Nullable Instant instant) {
        return instant == null ? "-" : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String text(@Nullable String text) {
        return text == null || text.isBlank() ? "-" : text;
    }

    /** Errors may have several lines; a row has one. */
    private static String oneLine(String cell) {
        return cell.replaceAll("\\s*\\R\\s*", " ").strip();
    }
}
