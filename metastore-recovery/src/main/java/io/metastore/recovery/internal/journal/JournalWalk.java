package io.metastore.recovery.internal.journal;

import io.metastore.recovery.journal.Aftermath;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.SegmentScan;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through the files of a journal, entry by entry. One file is open at a time. Used by one thread. */
public final class JournalWalk implements AutoCloseable {
    /** A file gets another name once, when it is full, and is then deleted at most; more often than that it is not the same file. */
    private static final int NAMES_MAX = 3;

    private final Path directory;
    private final Deque<SegmentFile> left;
    private final List<SegmentScan> segments = new ArrayList<>();
    private @Nullable SegmentReader reader;
    /** How the file that is being read does not go on where the one before it ends; null when it does. */
    private Damage.@Nullable Kind between;

    private boolean prefix = true;

    /** Lists the files; reads nothing yet. */
    public JournalWalk(Path directory) throws IOException {
        this.directory = directory;
        this.left = new ArrayDeque<>(SegmentFile.list(directory));
    }

    /**
     * The next entry up to the first damage, good until the next call. What is behind the damage is read before this returns null, so that {@link #scan} tells of
     * it.
     */
    public EntryVisitor.@Nullable ScannedEntry next() throws IOException {
        while (reader != null || openNext()) {
            SegmentReader current = reader;
            if (current == null) {
                continue; // Purged, or given up by its writer, since the directory was listed.
            }
            if (!current.advance()) {
                end(current);
            } else if (prefix) {
                return current.entry();
            }
        }
        return null;
    }

    /** What the journal holds, as far as it was read: all of it after {@link #next} has returned null. */
    public JournalScan scan() {
        return new JournalScan(directory, segments);
    }

    /** False when there is no file left. */
    private boolean openNext() throws IOException {
        SegmentFile file = left.poll();
        if (file == null) {
            return false;
        }
        between = between(file);
        prefix &= between == null;
        for (int names = 1; file != null && reader == null; names++) {
            try {
                reader = new SegmentReader(file);
            } catch (NoSuchFileException e) {
                file = names < NAMES_MAX ? sameFirst(file) : null;
            }
        }
        return true;
    }

    private @Nullable SegmentFile sameFirst(SegmentFile file) throws IOException {
        return SegmentFile.list(directory).stream()
                .filter(each -> each.first() == file.first())
                .findFirst()
                .orElse(null);
    }

    private void end(SegmentReader current) throws IOException {
        SegmentScan segment = current.scan();
        prefix &= segment.damage().isEmpty();
        segments.add(between == null ? segment : segment.withDamage(misplaced(between, segment)));
        reader = null;
        current.close();
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

    private Damage misplaced(Damage.Kind kind, SegmentScan segment) {
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
        return new Damage(kind, segment.path(), 0, found, aftermath);
    }

    @Override
    public void close() throws IOException {
        left.clear();
        SegmentReader current = reader;
        reader = null;
        if (current != null) {
            current.close();
        }
    }
}
