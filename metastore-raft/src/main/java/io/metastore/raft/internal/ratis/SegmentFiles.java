package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.JournalExtent.Hole;
import io.metastore.raft.internal.engine.JournalFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files with the journal's entries as their names describe them. Callable from any thread, also while an engine writes them. */
final class SegmentFiles {
    private static final Pattern CLOSED = Pattern.compile("log_([0-9]+)-([0-9]+)");
    private static final Pattern OPEN = Pattern.compile("log_inprogress_([0-9]+)");
    private static final long UNKNOWN = -1;

    private final FileLayer layer;
    private final Path directory;

    /** The directory need not exist. */
    SegmentFiles(FileLayer layer, Path directory) {
        this.layer = layer;
        this.directory = directory;
    }

    /**
     * One file.
     *
     * @param path where it is
     * @param first its first entry
     * @param last its last entry; -1 for the one that is being written
     */
    record Segment(Path path, long first, long last) {
        boolean isOpen() {
            return last == UNKNOWN;
        }

        boolean contains(long index) {
            return !isOpen() && first <= index && index <= last;
        }
    }

    /** All of them, oldest first; without an empty one, which Ratis deletes unread when it starts. */
    List<Segment> list() throws IOException {
        if (layer.kind(directory) == Kind.ABSENT) {
            return List.of();
        }
        List<Segment> found = new ArrayList<>();
        for (String name : layer.list(directory)) {
            Segment segment = parse(name);
            if (segment != null && !(segment.isOpen() && isEmpty(segment.path()))) {
                found.add(segment);
            }
        }
        found.sort(Comparator.comparingLong(Segment::first));
        return found;
    }

    /** The closed ones with their lengths, oldest first; without those that are deleted meanwhile. */
    List<JournalFile> closed() throws IOException {
        List<JournalFile> closed = new ArrayList<>();
        for (Segment segment : list()) {
            if (!segment.isOpen()) {
                file(segment).ifPresent(closed::add);
            }
        }
        return closed;
    }

    /** Empty when it was purged, or given up for an image, since it was listed. */
    private Optional<JournalFile> file(Segment closed) throws IOException {
        try {
            return Optional.of(
                    new JournalFile(closed.path(), closed.first(), closed.last(), layer.size(closed.path())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** True as well for one that was closed, and got another name by that, since it was listed. */
    private boolean isEmpty(Path file) throws IOException {
        try {
            return layer.size(file) == 0;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private @Nullable Segment parse(String name) {
        Matcher closed = CLOSED.matcher(name);
        if (closed.matches()) {
            return new Segment(
                    directory.resolve(name), Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2)));
        }
        Matcher open = OPEN.matcher(name);
        return open.matches() ? new Segment(directory.resolve(name), Long.parseLong(open.group(1)), UNKNOWN) : null;
    }

    /** The first place where one file does not go on where the one before it ends; null when there is none. */
    static @Nullable Hole hole(List<Segment> segments) {
        for (int i = 1; i < segments.size(); i++) {
            Segment before = segments.get(i - 1);
            Segment next = segments.get(i);
            if (before.isOpen() || before.last() + 1 != next.first()) {
                return new Hole(before.isOpen() ? before.first() : before.last() + 1, next.first() - 1);
            }
        }
        return null;
    }

    /**
     * Deletes those closed files that end before an index, oldest first, so that what is left has no hole wherever it is cut off.
     *
     * @return whether there were any
     */
    boolean deleteBefore(long index) throws IOException {
        return delete(segment -> !segment.isOpen() && segment.last() < index);
    }

    /** Deletes those that begin at or below an index. */
    void deleteBeginningUpTo(long index) throws IOException {
        delete(segment -> segment.first() <= index);
    }

    private boolean delete(Predicate<Segment> condition) throws IOException {
        boolean deleted = false;
        for (Segment segment : list()) {
            if (condition.test(segment)) {
                layer.delete(segment.path());
                deleted = true;
            }
        }
        if (deleted) {
            layer.forceDirectory(directory);
        }
        return deleted;
    }
}
