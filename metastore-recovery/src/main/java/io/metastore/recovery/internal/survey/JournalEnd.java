package io.metastore.recovery.internal.survey;

import io.metastore.recovery.internal.journal.SegmentFile;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.util.Optional;

/**
 * Whether a journal that has files has its end. It always ends with a file that is being written, but for the moment between closing one and beginning the next;
 * where there is none, or one without a byte, nothing tells how many entries there were.
 */
public final class JournalEnd {
    private JournalEnd() {}

    /** What is missing; empty when the end is there, or has come since the journal was read by a member that is at work. */
    public static Optional<String> missing(FileLayer layer, JournalScan scan) throws IOException {
        SegmentScan end = scan.segments().get(scan.segments().size() - 1);
        if ((end.open() && end.bytes() > 0) || hasComeSince(layer, scan, end.last() + 1)) {
            return Optional.empty();
        }
        return Optional.of(
                "nothing shows where the journal ended: expected: a file that is being written, with content,"
                        + " found: " + end.path().getFileName() + " of " + end.bytes() + " bytes as the last one");
    }

    private static boolean hasComeSince(FileLayer layer, JournalScan scan, long next) throws IOException {
        for (SegmentFile file : SegmentFile.list(scan.directory())) {
            if (file.first() == next && file.open() && layer.size(file.path()) > 0) {
                return true;
            }
        }
        return false;
    }
}
