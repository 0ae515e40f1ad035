package io.metastore.recovery.internal.journal;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.journal.Aftermath;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.SegmentScan;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the files of a journal one after the other; see {@link io.metastore.recovery.JournalScanner}. */
public final class JournalFilesScan {
    /** A file gets another name once, when it is full, and is then deleted at most; more often than that it is not the same file. */
    private static final int NAMES_MAX = 3;

    private final Path directory;
    private final EntryVisitor visitor;
    private final List<SegmentScan> segments = new ArrayList<>();
    private boolean prefix = true;

    private JournalFilesScan(Path directory, EntryVisitor visitor) {
        this.directory = directory;
        this.visitor = visitor;
    }

    /**
     * Reads all of it, and shows the entries up to the first damage.
     *
     * @throws DirectoryUnusableException there is no such directory, or it or one of its files cannot be opened
     */
    public static JournalScan scan(Path directory, EntryVisitor visitor) {
        return new JournalFilesScan(directory, visitor).scan();
    }

    private JournalScan scan() {
        try {
            for (SegmentFile file : SegmentFile.list(directory)) {
                SegmentScan segment = read(file, NAMES_MAX);
                if (segment != null) {
                    segments.add(segment);
                }
            }
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "journal cannot be read: directory=" + directory + " cause=" + e
                            + "; check the path and its permissions",
                    e);
        }
        return new JournalScan(directory, segments);
    }

    /** Null when the file was purged, or given up by its writer, since the directory was listed. */
    private @Nullable SegmentScan read(SegmentFile file, int namesLeft) throws IOException {
        Damage.Kind between = between(file);
        prefix &= between == null;
        try (SegmentReader reader = new SegmentReader(file, prefix ? visitor : EntryVisitor.NONE)) {
            SegmentScan segment = reader.read();
            prefix &= segment.damage().isEmpty();
            return between == null ? segment : segment.withDamage(misplaced(between, segment));
        } catch (NoSuchFileException e) {
            SegmentFile renamed = namesLeft > 1 ? sameFirst(file) : null;
            return renamed == null ? null : read(renamed, namesLeft - 1);
        }
    }

    private @Nullable SegmentFile sameFirst(SegmentFile file) throws IOException {
        return SegmentFile.list(directory).stream()
                .filter(each -> each.first() == file.first())
                .findFirst()
                .orElse(null);
    }

    /** How a file does not go on where the one before it ends, by that one's name if it has an end; null when it does. */
    private Damage.@Nullable Kind between(SegmentFile file) {
        if (segments.isEmpty()) {
            return null;
        }
        SegmentScan before = segments.get(segments.size() - 1);
        long expected = endOf(before) + 1;
        return file.first() == expected ? null : file.first() > expected ? Damage.Kind.HOLE : Damage.Kind.OVERLAP;
    }

    private static long endOf(SegmentScan segment) {
        return segment.open() ? segment.last() : segment.namedLast();
    }

    private Damage misplaced(Damage.Kind between, SegmentScan segment) {
        SegmentScan before = segments.get(segments.size() - 1);
        String found = "expected=" + (endOf(before) + 1) + " as first entry found=" + segment.namedFirst() + " before="
                + before.path().getFileName();
        Aftermath aftermath = segment.entries() == 0
                ? Aftermath.NOTHING
                : new Aftermath(
                        Aftermath.Content.ENTRIES,
                        segment.bytes(),
                        segment.entries(),
                        segment.namedFirst(),
                        segment.last());
        return new Damage(between, segment.path(), 0, found, aftermath);
    }
}
