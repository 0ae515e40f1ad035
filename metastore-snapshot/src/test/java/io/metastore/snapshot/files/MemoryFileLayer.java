package io.metastore.snapshot.files;

import io.metastore.api.DirectoryInUseException;
import io.metastore.snapshot.files.Unforced.Fate;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that knows what it would lose. It counts operations, can fail, tear or crash at any of them, and after a crash gives the
 * file systems that may be found then.
 *
 * <p>Nothing is durable but what was forced: the bytes of a file with the file, its name with the directory. Each unforced thing may be lost or
 * kept by itself, in any combination, which is more than real file systems do. Thread-safe. Has no symbolic links.
 */
public final class MemoryFileLayer implements FileLayer {

    /** One operation; {@code bytes} is the size of a write. */
    public record Operation(String verb, Path path, int bytes) {
        @Override
        public String toString() {
            return verb + " " + path + (bytes > 0 ? " " + bytes + " bytes" : "");
        }
    }

    /** A file system as it may be found after a power loss, and what became of each unforced thing. */
    public record Survivor(String description, MemoryFileLayer layer) {}

    private static final int COMBINATIONS_MAX = 1 << 16;

    private final MemoryTree live;
    private final MemoryTree durable;
    private final List<Unforced> unforced;
    private int nodes;

    private final List<Operation> trace = new ArrayList<>();
    private final Set<Integer> locked = new HashSet<>();
    private int faultAt;
    private @Nullable Fault fault;
    private @Nullable Operation fired;
    private boolean crashed;

    /** An empty file system. */
    public MemoryFileLayer() {
        this(new MemoryTree(), new MemoryTree(), List.of(), MemoryTree.ROOT);
    }

    private MemoryFileLayer(MemoryTree live, MemoryTree durable, List<Unforced> unforced, int nodes) {
        this.live = live;
        this.durable = durable;
        this.unforced = new ArrayList<>(unforced);
        this.nodes = nodes;
    }

    /** Lets the operation of that number, from 1, counted since this object was made, go wrong. */
    public synchronized MemoryFileLayer failAt(int operation, Fault how) {
        faultAt = operation;
        fault = how;
        fired = null;
        return this;
    }

    /** The operation that went wrong; null when none did yet. */
    public synchronized @Nullable Operation fired() {
        return fired;
    }

    /** All operations since this object was made, the one that went wrong included. */
    public synchronized List<Operation> trace() {
        return List.copyOf(trace);
    }

    /** Every path with size and a hash of its content, as a running process sees them. */
    public synchronized List<String> listing() {
        return live.listing();
    }

    /** All there is to know about what is stored: what is seen, what is durable, what is not; equal for two that behave alike. */
    public synchronized List<String> facts() {
        List<String> facts = live.listing();
        if (!unforced.isEmpty()) { // Else what is seen is what is durable.
            durable.listing().forEach(line -> facts.add("durable " + line));
            unforced.forEach(thing -> facts.add("unforced " + thing.description()));
        }
        return facts;
    }

    /** Ends the process now. */
    public synchronized void crash() {
        crashed = true;
    }

    /** What the next process finds when this one ended: everything, forced or not; what is not forced can still be lost. */
    public synchronized MemoryFileLayer afterProcessCrash() {
        return new MemoryFileLayer(live.copy(), durable.copy(), unforced, nodes);
    }

    /** All that may be found when the power was lost: what was forced, with every combination of the rest. */
    public synchronized List<Survivor> afterPowerLoss() {
        List<List<Fate>> combinations = List.of(List.of());
        for (Unforced thing : unforced) {
            combinations = extended(combinations, thing.fates());
        }
        return combinations.stream().map(this::survivor).toList();
    }

    @Override
    public synchronized Kind kind(Path path) throws IOException {
        Fault now = begin("kind", path, 0);
        Integer node = live.find(path);
        end(now);
        if (node == null) {
            return Kind.ABSENT;
        }
        return live.isDirectory(node) ? Kind.DIRECTORY : Kind.FILE;
    }

    @Override
    public synchronized Kind kindOfName(Path path) throws IOException {
        return kind(path);
    }

    @Override
    public synchronized byte[] read(Path file, long offset, int length) throws IOException {
        byte[] bytes = content(file);
        int from = (int) Math.min(bytes.length, offset);
        return Arrays.copyOfRange(bytes, from, (int) Math.min(bytes.length, (long) from + length));
    }

    @Override
    public synchronized boolean isSameFile(Path one, Path other) throws IOException {
        Fault now = begin("isSameFile", one, 0);
        boolean same = existing(one) == existing(other);
        end(now);
        return same;
    }

    @Override
    public synchronized int names(Path file) throws IOException {
        Fault now = begin("names", file, 0);
        int names = live.namesOf(existing(file));
        end(now);
        return names;
    }

    @Override
    public synchronized void shorten(Path file, long bytes) throws IOException {
        Fault now = begin("shorten", file, 0);
        change(Unforced.length(existing(file), "shorten " + file, Math.toIntExact(bytes)));
        end(now);
    }

    @Override
    public synchronized long usableSpace(Path path) throws IOException {
        Fault now = begin("usableSpace", path, 0);
        existing(path);
        end(now);
        return 1L << 40;
    }

    @Override
    public synchronized byte[] read(Path file) throws IOException {
        return content(file).clone();
    }

    /** Not to be changed. */
    private byte[] content(Path file) throws IOException {
        Fault now = begin("read", file, 0);
        byte[] bytes = live.content(existing(file));
        end(now);
        if (bytes == null) {
            throw new IOException("Is a directory: " + file);
        }
        return bytes;
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        Fault now = begin("size", file, 0);
        byte[] bytes = live.content(existing(file));
        end(now);
        if (bytes == null) {
            throw new IOException("Is a directory: " + file);
        }
        return bytes.length;
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        Fault now = begin("list", directory, 0);
        List<String> names =
                List.copyOf(live.names(existingDirectory(directory)).keySet());
        end(now);
        return names;
    }

    @Override
    public synchronized Path realPath(Path path) throws IOException {
        Fault now = begin("realPath", path, 0);
        existing(path);
        end(now);
        return path.normalize();
    }

    @Override
    public synchronized void createDirectory(Path directory) throws IOException {
        Fault now = begin("createDirectory", directory, 0);
        int node = newNode();
        live.addDirectory(node);
        durable.addDirectory(node);
        add(directory, node);
        end(now);
    }

    @Override
    public synchronized void writeNew(Path file, byte[] bytes) throws IOException {
        force(file, write(file, bytes));
    }

    @Override
    public synchronized void write(Path file, long offset, byte[] bytes) throws IOException {
        Fault now = begin("write", file, bytes.length);
        Integer found = live.find(file);
        int node = found == null ? addFile(file) : found;
        byte[] before = live.content(node);
        if (before == null || offset > before.length) {
            throw new IOException("no such place in a file: file=" + file + " offset=" + offset);
        }
        change(node, file, offset, bytes, now);
        end(now);
    }

    @Override
    public synchronized void force(Path file) throws IOException {
        force(file, existing(file));
    }

    private void force(Path path, int node) throws IOException {
        Fault now = begin("force", path, 0, node);
        force(node);
        endForce(now);
    }

    @Override
    public synchronized void link(Path existing, Path link) throws IOException {
        Fault now = begin("link", link, 0);
        int node = existing(existing);
        if (live.isDirectory(node)) {
            throw new IOException("Is a directory: " + existing);
        }
        add(link, node);
        end(now);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        Fault now = begin("rename", to, 0);
        int directory = existingDirectory(parent(from));
        if (directory != existingDirectory(parent(to))) {
            throw new IllegalArgumentException("renames stay in one directory: from=" + from + " to=" + to);
        }
        Integer replaced = live.find(to);
        if (replaced != null && (live.isDirectory(replaced) || live.isDirectory(existing(from)))) {
            throw new FileAlreadyExistsException(to.toString());
        }
        change(Unforced.names(directory, "rename " + to, name(from), name(to), existing(from)));
        end(now);
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        force(directory, existingDirectory(directory));
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        Fault now = begin("delete", path, 0);
        int node = existing(path);
        if (live.isDirectory(node) && !live.names(node).isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        change(Unforced.names(existingDirectory(parent(path)), "delete " + path, name(path), null, 0));
        end(now);
    }

    @Override
    public synchronized HeldLock lock(Path file) throws IOException {
        Fault now = begin("lock", file, 0);
        Integer found = live.find(file);
        int node = found == null ? addFile(file) : found;
        end(now);
        if (!locked.add(node)) {
            throw new DirectoryInUseException("the directory is in use: directory=" + file.getParent());
        }
        return () -> unlock(node);
    }

    private synchronized void unlock(int node) {
        locked.remove(node);
    }

    private int write(Path file, byte[] bytes) throws IOException {
        Fault now = begin("write", file, bytes.length);
        int node = addFile(file);
        change(node, file, 0, bytes, now);
        end(now);
        return node;
    }

    private void change(int node, Path file, long offset, byte[] bytes, @Nullable Fault now) {
        int written = bytes.length;
        if (now != null) {
            written = now.kind() == Fault.Kind.TEAR ? now.bytes() : bytes.length / 2;
        }
        change(Unforced.content(node, "write " + file, offset, Arrays.copyOf(bytes, written)));
    }

    private int addFile(Path file) throws IOException {
        int node = newNode();
        live.addFile(node);
        durable.addFile(node);
        add(file, node);
        return node;
    }

    private void add(Path path, int node) throws IOException {
        int directory = existingDirectory(parent(path));
        if (live.names(directory).containsKey(name(path))) {
            throw new FileAlreadyExistsException(path.toString());
        }
        change(Unforced.names(directory, "create " + path, null, name(path), node));
    }

    private void change(Unforced thing) {
        thing.apply(live, Fate.KEPT);
        unforced.add(thing);
    }

    private void force(int node) {
        unforced.stream().filter(thing -> thing.madeDurableBy(node)).forEach(thing -> thing.apply(durable, Fate.KEPT));
        unforced.removeIf(thing -> thing.madeDurableBy(node));
    }

    private @Nullable Fault begin(String verb, Path path, int bytes) throws IOException {
        return begin(verb, path, bytes, -1);
    }

    /** Counts the operation. Returns the fault that is to take effect in it, if any. */
    private @Nullable Fault begin(String verb, Path path, int bytes, int forced) throws IOException {
        Operation operation = new Operation(verb, path, bytes);
        if (crashed) {
            throw new SimulatedCrash("the process has ended: " + operation);
        }
        trace.add(operation);
        Fault now = fault;
        if (now == null || trace.size() != faultAt || (now.kind() == Fault.Kind.TEAR && !verb.equals("write"))) {
            return null;
        }
        fired = operation;
        if (now.kind() == Fault.Kind.CRASH) {
            crashed = true;
            throw new SimulatedCrash("crash before operation " + faultAt + ": " + operation);
        }
        if (now.kind() == Fault.Kind.ERROR_BEFORE) {
            unforced.replaceAll(thing -> thing.madeDurableBy(forced) ? thing.abandoned() : thing);
            IOException error = new IOException("injected before operation " + faultAt + ": " + operation);
            throw forced < 0 ? error : new ForceFailedException("cannot force: " + path, error);
        }
        return now;
    }

    private void end(@Nullable Fault now) throws IOException {
        if (now == null) {
            return;
        }
        if (now.kind() == Fault.Kind.TEAR) {
            crashed = true;
            throw new SimulatedCrash("crash in operation " + faultAt + " after " + now.bytes() + " bytes: " + fired);
        }
        throw new IOException("injected after operation " + faultAt + ": " + fired);
    }

    private void endForce(@Nullable Fault now) throws IOException {
        try {
            end(now);
        } catch (IOException e) {
            throw new ForceFailedException("cannot force", e);
        }
    }

    private Survivor survivor(List<Fate> fates) {
        MemoryTree tree = durable.copy();
        StringBuilder description = new StringBuilder();
        for (int i = 0; i < fates.size(); i++) {
            unforced.get(i).apply(tree, fates.get(i));
            description
                    .append('[')
                    .append(unforced.get(i).description())
                    .append(": ")
                    .append(fates.get(i))
                    .append(']');
        }
        return new Survivor(description.toString(), new MemoryFileLayer(tree, tree.copy(), List.of(), nodes));
    }

    private static List<List<Fate>> extended(List<List<Fate>> combinations, List<Fate> fates) {
        if (combinations.size() * fates.size() > COMBINATIONS_MAX) {
            throw new IllegalStateException("too much is unforced to enumerate: combinations=" + combinations.size());
        }
        List<List<Fate>> result = new ArrayList<>();
        for (List<Fate> combination : combinations) {
            for (Fate fate : fates) {
                List<Fate> longer = new ArrayList<>(combination);
                longer.add(fate);
                result.add(longer);
            }
        }
        return result;
    }

    private int existing(Path path) throws IOException {
        Integer node = live.find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    private int existingDirectory(Path path) throws IOException {
        int node = existing(path);
        if (!live.isDirectory(node)) {
            throw new NotDirectoryException(path.toString());
        }
        return node;
    }

    private int newNode() {
        return ++nodes;
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "the root has no parent");
    }

    private static String name(Path path) {
        return Objects.requireNonNull(path.getFileName(), "the root has no name")
                .toString();
    }
}
