package io.metastore.snapshot.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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
public final class FaultyDisk implements FileLayer {

    /** What happens to the operation. */
    public enum Fault {
        ERROR,
        CRASH,
        /** From this operation on nothing more can be written. */
        FULL
    }

    /** One operation; ids in the path and RocksDB's numbers of files are replaced by a word. */
    public record Operation(String verb, String path, int occurrence) {

        private static final Set<String> CHANGES =
                Set.of("lock", "createDirectory", "write", "copy", "link", "force", "rename", "delete", "shorten");
        private static final Set<String> NEEDS_SPACE = Set.of("createDirectory", "write", "copy", "link");

        /** Whether it may leave something on the disk; the others look. */
        public boolean changes() {
            return CHANGES.contains(verb);
        }

        @Override
        public String toString() {
            return verb + " " + path + " #" + occurrence;
        }
    }

    private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    private static final String NUMBER = "\\b[0-9]{6,}\\b(?!/)";

    private final DiskFileLayer disk = new DiskFileLayer();
    private final Path base;
    private final @Nullable Path copy;
    private final @Nullable Operation goesWrong;
    private final Fault fault;

    private final Map<String, Integer> occurrences = new HashMap<>();
    private final List<Operation> trace = new ArrayList<>();
    private final UnforcedChanges unforced = new UnforcedChanges();
    private boolean fired;

    /**
     * A disk of which only what is below {@code base} matters.
     *
     * @param base a real path
     * @param copy where the files go at a crash
     */
    public FaultyDisk(Path base, Path copy, Operation goesWrong, Fault fault) {
        this(base, copy, fault, goesWrong);
    }

    /** A disk on which all is well. */
    public FaultyDisk(Path base) {
        this(base, null, Fault.ERROR, null);
    }

    private FaultyDisk(Path base, @Nullable Path copy, Fault fault, @Nullable Operation goesWrong) {
        this.base = base;
        this.copy = copy;
        this.fault = fault;
        this.goesWrong = goesWrong;
    }

    /** All operations so far. */
    public synchronized List<Operation> trace() {
        return List.copyOf(trace);
    }

    /** Whether the operation went wrong. */
    public synchronized boolean fired() {
        return fired;
    }

    /** Takes from a copy what was not forced. False when everything was. */
    public synchronized boolean losePower(Path image) throws IOException {
        return unforced.undo(path -> image.resolve(base.relativize(path)));
    }

    /** Which changes a disk may have written back by itself when power is lost; see {@link UnforcedChanges#partlyWritten}. */
    public synchronized List<BitSet> partlyWritten() {
        return unforced.partlyWritten();
    }

    /** Takes from a copy what was neither forced nor written back. */
    public synchronized void losePower(Path image, BitSet writtenBack) throws IOException {
        unforced.without(writtenBack).undo(path -> image.resolve(base.relativize(path)));
    }

    /**
     * Somebody else made this directory and the files in it: until we force them, a power loss takes half of their bytes and all of their names.
     */
    public synchronized void madeElsewhere(Path directory) throws IOException {
        List<String> names = disk.list(directory);
        unforced.add(parent(directory), directory, Trees::delete);
        for (String name : names) {
            unforced.add(directory, directory.resolve(name), Files::deleteIfExists);
        }
        for (String name : names) {
            Path file = directory.resolve(name);
            unforced.add(file, file, found -> resize(found, Files.size(found) / 2));
        }
    }

    @Override
    public synchronized Kind kind(Path path) throws IOException {
        begin("kind", path);
        return disk.kind(path);
    }

    @Override
    public synchronized Kind kindOfName(Path path) throws IOException {
        begin("kind", path);
        return disk.kindOfName(path);
    }

    @Override
    public synchronized byte[] read(Path file) throws IOException {
        begin("read", file);
        return disk.read(file);
    }

    @Override
    public synchronized byte[] read(Path file, long offset, int length) throws IOException {
        begin("read", file);
        return disk.read(file, offset, length);
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        begin("size", file);
        return disk.size(file);
    }

    @Override
    public synchronized boolean isSameFile(Path one, Path other) throws IOException {
        begin("isSameFile", one);
        return disk.isSameFile(one, other);
    }

    @Override
    public synchronized int names(Path file) throws IOException {
        begin("names", file);
        return disk.names(file);
    }

    @Override
    public synchronized void shorten(Path file, long bytes) throws IOException {
        begin("shorten", file);
        byte[] before = Files.readAllBytes(file);
        disk.shorten(file, bytes);
        unforced.add(file, file, found -> Files.write(found, before));
    }

    @Override
    public synchronized long usableSpace(Path path) throws IOException {
        if (disk.kind(path.resolve("LOCK"))
                == Kind.ABSENT) { // Of a whole member it is asked by the clock, which is no step of anything.
            begin("usableSpace", path);
        }
        return fired && fault == Fault.FULL ? 0 : disk.usableSpace(path);
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
        unforced.add(parent(directory), directory, Trees::delete);
    }

    @Override
    public synchronized void writeNew(Path file, byte[] bytes) throws IOException {
        if (isNext("write", file)) {
            torn(file, Arrays.copyOf(bytes, bytes.length / 2));
        }
        begin("write", file);
        if (isNext("force", file)) {
            torn(file, bytes);
        }
        begin("force", file);
        disk.writeNew(file, bytes);
        unforced.add(parent(file), file, Files::deleteIfExists);
    }

    @Override
    public synchronized void copy(Path from, Path to) throws IOException {
        if (isNext("copy", to)) {
            byte[] bytes = Files.readAllBytes(from);
            torn(to, Arrays.copyOf(bytes, bytes.length / 2));
        }
        begin("copy", to);
        if (isNext("force", to)) {
            torn(to, Files.readAllBytes(from));
        }
        begin("force", to);
        disk.copy(from, to);
        unforced.add(parent(to), to, Files::deleteIfExists);
    }

    /** What was written before it went wrong. */
    private void torn(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        unforced.add(parent(file), file, Files::deleteIfExists);
    }

    @Override
    public synchronized void write(Path file, long offset, byte[] bytes) throws IOException {
        boolean created = !Files.exists(file);
        byte[] before = created ? new byte[0] : Files.readAllBytes(file);
        if (isNext("write", file)) {
            disk.write(file, offset, Arrays.copyOf(bytes, bytes.length / 2));
            written(file, created, before);
        }
        begin("write", file);
        disk.write(file, offset, bytes);
        written(file, created, before);
    }

    private void written(Path file, boolean created, byte[] before) {
        if (created) {
            unforced.add(parent(file), file, Files::deleteIfExists);
        }
        unforced.add(file, file, found -> Files.write(found, before));
    }

    @Override
    public synchronized void force(Path file) throws IOException {
        begin("force", file);
        disk.force(file);
        unforced.forced(file);
    }

    @Override
    public synchronized void link(Path existing, Path link) throws IOException {
        begin("link", link);
        disk.link(existing, link);
        unforced.add(parent(link), link, Files::deleteIfExists);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        begin("rename", to);
        byte[] replaced = Files.exists(to) && !Files.isDirectory(to) ? Files.readAllBytes(to) : null;
        disk.rename(from, to);
        unforced.addRename(from, to, replaced);
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        begin("force", directory);
        disk.forceDirectory(directory);
        unforced.forced(directory);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        begin("delete", path);
        byte[] before = Files.isDirectory(path) ? null : Files.readAllBytes(path);
        disk.delete(path);
        unforced.add(parent(path), path, found -> {
            if (before == null) {
                Files.createDirectory(found);
            } else {
                Files.write(found, before);
            }
        });
    }

    private static void resize(Path file, long bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(bytes);
        }
    }

    private Operation operation(String verb, Path path) {
        String name = base.relativize(path).toString().replaceAll(ID, "GROUP").replaceAll(NUMBER, "NUMBER");
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
        boolean isIt = now.equals(goesWrong);
        fired |= isIt;
        if (fired && fault == Fault.FULL && Operation.NEEDS_SPACE.contains(verb)) {
            throw new FileSystemException(path.toString(), null, "No space left on device");
        }
        if (!isIt || fault == Fault.FULL) {
            return;
        }
        if (fault == Fault.CRASH && copy != null) {
            Trees.photograph(base, copy);
            throw new IOException("injected end of the process: " + now);
        }
        IOException error = new IOException("injected: " + now);
        throw verb.equals("force") ? new ForceFailedException("cannot force: " + now, error) : error;
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "the root has no parent");
    }
}
