package io.metastore.snapshot.files;

import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the blocks of large files that were deleted back to the file system little by little. Freeing 32 MiB at once keeps a disk busy for some ten
 * milliseconds, as it trims what became free, and whoever forces a journal meanwhile waits.
 *
 * <p>Before a file is deleted it gets a second name here. When that is its last one, the file is cut shorter and shorter and then deleted. Until then it is shared,
 * with the state or another image, and only loses its name here. Nobody else looks in here, so what has its last name here gets no other any more. What a
 * process that dies leaves here is deleted when the member is opened.
 *
 * <p>Callable from any thread.
 */
public final class Trash {

    /** What {@link #free} says when there is nothing left. */
    public static final long NOTHING = Long.MAX_VALUE;

    /** So much is freed at a time, or more when there is much to free. Files that are not longer are just deleted. */
    static final int STEP_BYTES = 1 << 20;

    static final long STEP_EVERY_NANOS = 10_000_000;
    /** Whoever opened a file before it was deleted has this long to read it. */
    static final long GRACE_NANOS = 1_000_000_000;
    /** What is there when something is added is gone after so many steps, so that it does not become more and more. */
    static final int STEPS_MAX = 200;

    private static final Logger log = LoggerFactory.getLogger(Trash.class);

    /** Deletes files under the names they have. */
    @FunctionalInterface
    public interface Deletion {
        void run() throws IOException;
    }

    private static final class Discarded {
        final Path path;
        final long dueNanos;
        long bytes;

        Discarded(Path path, long bytes, long dueNanos) {
            this.path = path;
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }

    private final FileLayer files;
    private final Path directory;
    private final LongSupplier nanoTime;
    /** Guarded by this, as are the fields below. The oldest first. */
    private final Deque<Discarded> left = new ArrayDeque<>();

    private long number;
    private long stepBytes = STEP_BYTES;

    /**
     * @param directory on the file system of what is deleted; created when it is needed, and empty
     * @param nanoTime as {@link System#nanoTime}
     */
    public Trash(FileLayer files, Path directory, LongSupplier nanoTime) {
        this.files = files;
        this.directory = directory;
        this.nanoTime = nanoTime;
    }

    /**
     * Deletes files, which are freed later. Where no second names can be given they are freed at once.
     *
     * @param doomed the files that go; those that are still there afterwards, under this or another name, are left as they are
     * @param deletion deletes them. A power loss may bring the names back only where nobody takes them for whole files: in a directory that was deleted, too. That
     *     those in other directories are gone is made durable here
     */
    public void delete(List<Path> doomed, Deletion deletion) throws IOException {
        Map<Path, Path> named = new LinkedHashMap<>();
        for (Path file : doomed) {
            secondName(file).ifPresent(name -> named.put(file, name));
        }
        boolean gone = false;
        try {
            deletion.run();
            gone = force(named.keySet());
        } finally {
            if (gone) {
                add(named.values());
            } else {
                named.values().forEach(this::unname); // Nothing may be cut off that may have its own name again.
            }
        }
    }

    /** Empty for a file that is short, and when it can have none. */
    private Optional<Path> secondName(Path file) {
        try {
            if (files.size(file) <= STEP_BYTES) {
                return Optional.empty();
            }
            files.createDirectories(directory);
            Path name = directory.resolve(String.valueOf(nextNumber()));
            files.link(file, name);
            return Optional.of(name);
        } catch (IOException e) {
            log.debug("deleted at once, as it can have no second name: file={}", file, e);
            return Optional.empty();
        }
    }

    private boolean force(Collection<Path> deleted) {
        Set<Path> parents = new LinkedHashSet<>();
        deleted.forEach(file -> parents.add(file.resolveSibling("")));
        try {
            for (Path parent : parents) {
                if (files.kind(parent) == Kind.DIRECTORY) {
                    files.forceDirectory(parent);
                }
            }
            return true;
        } catch (IOException e) {
            log.warn("deleted files are freed at once, as their names may come back: directories={}", parents, e);
            return false;
        }
    }

    private synchronized long nextNumber() {
        return ++number;
    }

    private synchronized void add(Collection<Path> named) {
        long due = nanoTime.getAsLong() + GRACE_NANOS;
        for (Path path : named) {
            try {
                left.add(new Discarded(path, files.size(path), due));
            } catch (IOException e) {
                unname(path);
            }
        }
        long all = left.stream().mapToLong(each -> each.bytes).sum();
        stepBytes = Math.max(STEP_BYTES, all / STEPS_MAX);
    }

    private void unname(Path path) {
        try {
            files.delete(path);
        } catch (IOException e) {
            log.warn("deleted file keeps its space until the member is opened again: file={}", path, e);
        }
    }

    /**
     * Frees a little, if it is time to. To be called by one thread again and again.
     *
     * @return after how many nanoseconds there is more to free; {@link #NOTHING} when there is no more
     */
    public synchronized long free() {
        for (Discarded first = left.peek(); first != null; first = left.peek()) {
            long early = first.dueNanos - nanoTime.getAsLong();
            if (early > 0) {
                return early;
            }
            if (shorten(first)) {
                return STEP_EVERY_NANOS;
            }
            left.poll();
        }
        return NOTHING;
    }

    /** False when the file is gone from here. */
    private boolean shorten(Discarded file) {
        try {
            if (file.bytes > stepBytes && files.names(file.path) == 1) {
                file.bytes -= stepBytes;
                files.shorten(file.path, file.bytes);
                return true;
            }
        } catch (IOException e) {
            log.debug("freed at once, as it cannot be cut off: file={}", file.path, e);
        }
        unname(file.path);
        return false;
    }

    /** Frees all of it now, as space is short, or time. */
    public synchronized void empty() {
        left.forEach(each -> unname(each.path));
        left.clear();
    }
}
