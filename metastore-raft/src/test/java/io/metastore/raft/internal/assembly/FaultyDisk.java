package io.metastore.raft.internal.assembly;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The disk, on which one operation goes wrong. It fails without an effect, or the process ends in it: the files as they are at this moment are copied
 * away, for what a killed process does afterwards does not count, and every later operation fails. It also knows which names and bytes of ours were not
 * forced by then, and can take them from the copy, as a power loss may.
 *
 * <p>Operations are told apart by what they do to which path for the how manieth time, not by their number alone: two threads may take turns.
 */
final class FaultyDisk implements FileLayer {

    /** What happens to the operation. */
    enum Fault {
        ERROR,
        CRASH
    }

    /** One operation; ids in the path are replaced by a word. */
    record Operation(String verb, String path, int occurrence) {

        private static final Set<String> CHANGES =
                Set.of("lock", "createDirectory", "write", "force", "rename", "delete");

        /** Whether it may leave something on the disk; the others look. */
        boolean changes() {
            return CHANGES.contains(verb);
        }

        @Override
        public String toString() {
            return verb + " " + path + " #" + occurrence;
        }
    }

    /** Takes back one change of names or bytes in a copy of the base directory. */
    private interface Undo {
        void in(Path copy) throws IOException;
    }

    /** A change that a force of that directory or file makes durable. */
    private record Unforced(Path forcedBy, Undo undo) {}

    private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    private final DiskFileLayer disk = new DiskFileLayer();
    private final Path base;
    private final @Nullable Path copy;
    private final @Nullable Operation goesWrong;
    private final Fault fault;

    private final Map<String, Integer> occurrences = new HashMap<>();
    private final List<Operation> trace = new ArrayList<>();
    private final Deque<Unforced> unforced = new ArrayDeque<>(); // The latest first.
    private boolean fired;

    /**
     * A disk of which only what is below {@code base} matters.
     *
     * @param base a real path
     * @param copy where the files go at a crash
     */
    FaultyDisk(Path base, Path copy, Operation goesWrong, Fault fault) {
        this(base, copy, fault, goesWrong);
    }

    /** A disk on which all is well. */
    FaultyDisk(Path base) {
        this(base, null, Fault.ERROR, null);
    }

    private FaultyDisk(Path base, @Nullable Path copy, Fault fault, @Nullable Operation goesWrong) {
        this.base = base;
        this.copy = copy;
        this.fault = fault;
        this.goesWrong = goesWrong;
    }

    synchronized List<Operation> trace() {
        return List.copyOf(trace);
    }

    synchronized boolean fired() {
        return fired;
    }

    /** Takes from a copy what was not forced. False when everything was. */
    synchronized boolean losePower(Path image) throws IOException {
        for (Unforced change : unforced) {
            change.undo.in(image);
        }
        return !unforced.isEmpty();
    }

    @Override
    public synchronized Kind kind(Path path) throws IOException {
        begin("kind", path);
        return disk.kind(path);
    }

    @Override
    public synchronized byte[] read(Path file) throws IOException {
        begin("read", file);
        return disk.read(file);
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        begin("size", file);
        return disk.size(file);
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        begin("list", directory);
        return disk.list(directory);
    }

    @Override
    public synchronized Path realPath(Path path) throws IOException {
        begin("realPath", path);
        return disk.realPath(path);
    }

    @Override
    public synchronized HeldLock lock(Path file) throws IOException {
        begin("lock", file);
        return disk.lock(file);
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        begin("createDirectory", directory);
        disk.createDirectory(directory);
        change(parent(directory), image -> Trees.delete(in(image, directory)));
    }

    @Override
    public synchronized void writeNew(Path file, byte[] bytes) throws IOException {
        if (isNext("write", file)) {
            Files.write(
                    file, Arrays.copyOf(bytes, bytes.length / 2)); // The half that was written before it went wrong.
            change(parent(file), image -> Files.deleteIfExists(in(image, file)));
        }
        begin("write", file);
        if (isNext("force", file)) {
            Files.write(file, bytes);
            change(parent(file), image -> Files.deleteIfExists(in(image, file)));
        }
        begin("force", file);
        disk.writeNew(file, bytes);
        change(parent(file), image -> Files.deleteIfExists(in(image, file)));
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        begin("rename", to);
        byte[] now = Files.readAllBytes(from);
        byte[] before = Files.exists(to) ? Files.readAllBytes(to) : null;
        disk.rename(from, to);
        change(parent(to), image -> {
            Files.write(in(image, from), now);
            if (before == null) {
                Files.delete(in(image, to));
            } else {
                Files.write(in(image, to), before);
            }
        });
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        begin("force", directory);
        disk.forceDirectory(directory);
        unforced.removeIf(change -> change.forcedBy.equals(directory));
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        begin("delete", path);
        byte[] before = Files.isDirectory(path) ? null : Files.readAllBytes(path);
        disk.delete(path);
        change(parent(path), image -> {
            if (before == null) {
                Files.createDirectory(in(image, path));
            } else {
                Files.write(in(image, path), before);
            }
        });
    }

    private void change(Path directory, Undo undo) {
        unforced.addFirst(new Unforced(directory, undo));
    }

    private Operation operation(String verb, Path path) {
        String name = base.relativize(path).toString().replaceAll(ID, "GROUP");
        return new Operation(verb, name, occurrences.getOrDefault(verb + " " + name, 0) + 1);
    }

    private boolean isNext(String verb, Path path) {
        return !crashed() && operation(verb, path).equals(goesWrong);
    }

    private boolean crashed() {
        return fired && fault == Fault.CRASH;
    }

    private void begin(String verb, Path path) throws IOException {
        if (crashed()) {
            throw new IOException("the process has ended: " + verb + " " + path);
        }
        Operation now = operation(verb, path);
        occurrences.put(now.verb() + " " + now.path(), now.occurrence());
        trace.add(now);
        if (!now.equals(goesWrong)) {
            return;
        }
        fired = true;
        if (fault == Fault.CRASH && copy != null) {
            Trees.photograph(base, copy);
            throw new IOException("injected end of the process: " + now);
        }
        IOException error = new IOException("injected: " + now);
        throw verb.equals("force") ? new ForceFailedException("cannot force: " + now, error) : error;
    }

    private Path in(Path image, Path path) {
        return image.resolve(base.relativize(path));
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "the root has no parent");
    }
}
