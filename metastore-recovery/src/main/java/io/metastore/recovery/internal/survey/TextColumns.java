package io.metastore.recovery.internal.survey;

import java.util.ArrayList;
import java.util.List;

/** Aligns cells under headings, two spaces between columns. Used by one thread. */
public final class TextColumns {
    private final List<List<String>> rows = new ArrayList<>();

    /** Without rows yet. */
    public TextColumns(String... headings) {
        rows.add(List.of(headings));
    }

    /**
     * Adds a row.
     *
     * @param cells as many as there are headings, one line each
     */
    public void add(List<String> cells) {
        rows.add(cells);
    }

    /** The lines, each with its end. */
    public String render() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
