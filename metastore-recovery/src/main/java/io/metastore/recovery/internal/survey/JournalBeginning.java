package io.metastore.recovery.internal.survey;

import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.recovery.survey.Finding;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What the file {@code begin} beside a journal says: where the journal may begin after entries were purged, and what of it is being given up for an image.
 *
 * @param before positions of which one may be the last that is gone
 * @param discard {@code nothing}, {@code older} (files that begin up to the only position in {@code before}) or {@code all}
 */
public record JournalBeginning(List<LogPosition> before, String discard) {
    private static final String FILE = "begin";
    private static final JournalBeginning UNCUT = new JournalBeginning(List.of(), "nothing");

    public JournalBeginning {
        before = List.copyOf(before);
    }

    /**
     * Reads it; nothing is known where it is missing.
     *
     * @param group the directory of the journal's group
     */
    public static JournalBeginning read(FileLayer layer, Path group, Findings findings) {
        Path file = group.resolve(FILE);
        try {
            if (layer.kind(file) == FileLayer.Kind.ABSENT) {
                return UNCUT;
            }
            return Facts.read(file, layer.read(file), "metastore-journal-begin", 1)
                    .build(facts -> new JournalBeginning(positions(facts.text("before")), facts.text("discard")));
        } catch (IOException e) {
            findings.add(Finding.Kind.JOURNAL, file, "cannot be read: " + e);
        } catch (MetastoreException e) {
            findings.add(Finding.Kind.JOURNAL, file, String.valueOf(e.getMessage()));
        }
        return UNCUT;
    }

    private static List<LogPosition> positions(String text) {
        return text.equals("none")
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(JournalBeginning::position)
                        .toList();
    }

    private static LogPosition position(String text) {
        String[] numbers = text.split(":", 2);
        return new LogPosition(Long.parseLong(numbers[0]), Long.parseLong(numbers[numbers.length - 1]));
    }

    /** Whether entries up to this index were purged on purpose. */
    public boolean allows(long index) {
        return index < 0 || before.stream().anyMatch(each -> each.index() == index);
    }

    /** Whether a file with this first entry is being given up. */
    public boolean discards(long first) {
        return discard.equals("all") || (discard.equals("older") && first <= last().index());
    }

    /** The last position; {@link LogPosition#NONE} for none. */
    public LogPosition last() {
        return before.isEmpty() ? LogPosition.NONE : before.get(before.size() - 1);
    }
}
