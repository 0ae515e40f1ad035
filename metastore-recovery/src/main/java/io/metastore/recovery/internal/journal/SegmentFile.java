package io.metastore.recovery.internal.journal;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the journal as its name describes it.
 *
 * @param path where it is
 * @param first its first entry
 * @param last its last entry; -1 for one that is being written
 */
public record SegmentFile(Path path, long first, long last) {
    /** Without the names whose numbers are beyond any index. */
    private static final Pattern CLOSED = Pattern.compile("log_([0-9]{1,18})-([0-9]{1,18})");

    private static final Pattern OPEN = Pattern.compile("log_inprogress_([0-9]{1,18})");
    private static final long UNKNOWN = -1;

    public boolean open() {
        return last == UNKNOWN;
    }

    /** All in a directory, by their first entries; of two with the same first entry the one that is being written comes last. */
    public static List<SegmentFile> list(Path directory) throws IOException {
        List<SegmentFile> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                parse(file, found);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparingLong(SegmentFile::first)
                .thenComparing(SegmentFile::open)
                .thenComparingLong(SegmentFile::last));
        return found;
    }

    private static void parse(Path file, List<SegmentFile> found) {
        String name = String.valueOf(file.getFileName());
        Matcher closed = CLOSED.matcher(name);
        Matcher open = OPEN.matcher(name);
        if (closed.matches()) {
            found.add(new SegmentFile(file, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2))));
        } else if (open.matches()) {
            found.add(new SegmentFile(file, Long.parseLong(open.group(1)), UNKNOWN));
        }
    }
}
