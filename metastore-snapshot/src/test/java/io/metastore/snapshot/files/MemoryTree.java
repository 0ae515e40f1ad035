package io.metastore.snapshot.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Directories and files in memory. Nodes have numbers, so that two trees can tell that they hold the same file under different names. Copies share what neither
 * has changed since: they are made by the hundred thousand.
 */
final class MemoryTree {

    static final int ROOT = 0;

    /** What a file holds, and how it is listed. Neither array nor text change. */
    private static final class Content {
        static final Content EMPTY = new Content(new byte[0]);

        final byte[] bytes;
        final String listed;

        Content(byte[] bytes) {
            this.bytes = bytes;
            this.listed = " " + bytes.length + " bytes " + Arrays.hashCode(bytes);
        }
    }

    /** The maps in it are replaced, not changed. */
    private final Map<Integer, SortedMap<String, Integer>> directories;

    private final Map<Integer, Content> files;

    MemoryTree() {
        this(new HashMap<>(), new HashMap<>());
        addDirectory(ROOT);
    }

    private MemoryTree(Map<Integer, SortedMap<String, Integer>> directories, Map<Integer, Content> files) {
        this.directories = directories;
        this.files = files;
    }

    MemoryTree copy() {
        return new MemoryTree(new HashMap<>(directories), new HashMap<>(files));
    }

    void addDirectory(int node) {
        directories.put(node, Collections.emptySortedMap());
    }

    void addFile(int node) {
        files.put(node, Content.EMPTY);
    }

    void name(int directory, String name, int node) {
        SortedMap<String, Integer> names = new TreeMap<>(names(directory));
        names.put(name, node);
        directories.put(directory, names);
    }

    void unname(int directory, String name) {
        SortedMap<String, Integer> names = new TreeMap<>(names(directory));
        names.remove(name);
        directories.put(directory, names);
    }

    /** Bytes from some place on; what is missing before it, as an earlier write was lost, is zeros. */
    void content(int file, long offset, byte[] bytes) {
        byte[] before = files.getOrDefault(file, Content.EMPTY).bytes;
        int end = Math.toIntExact(offset + bytes.length);
        byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
        System.arraycopy(bytes, 0, after, (int) offset, bytes.length);
        files.put(file, new Content(after));
    }

    /** Leaves the first bytes only. */
    void shorten(int file, int bytes) {
        files.put(file, new Content(Arrays.copyOf(files.getOrDefault(file, Content.EMPTY).bytes, bytes)));
    }

    /** How many names lead to a file. */
    int namesOf(int file) {
        return (int) directories.values().stream()
                .flatMap(names -> names.values().stream())
                .filter(named -> named == file)
                .count();
    }

    /** Null when it is a directory. Not to be changed. */
    byte @Nullable [] content(int file) {
        Content content = files.get(file);
        return content == null ? null : content.bytes;
    }

    boolean isDirectory(int node) {
        return directories.containsKey(node);
    }

    /** Not to be changed. */
    SortedMap<String, Integer> names(int directory) {
        SortedMap<String, Integer> names = directories.get(directory);
        if (names == null) {
            throw new IllegalStateException("no such directory: node=" + directory);
        }
        return names;
    }

    /** Null when there is none. */
    @Nullable
    Integer find(Path path) {
        int node = ROOT;
        for (Path name : path) {
            Integer next = isDirectory(node) ? names(node).get(name.toString()) : null;
            if (next == null) {
                return null;
            }
            node = next;
        }
        return node;
    }

    /** Every path with its content, for comparing and showing; equal texts mean equal trees. */
    List<String> listing() {
        List<String> lines = new ArrayList<>();
        list("", ROOT, lines);
        return lines;
    }

    private void list(String path, int directory, List<String> lines) {
        names(directory).forEach((name, node) -> {
            String child = path + "/" + name;
            Content content = files.get(node);
            if (content == null) {
                lines.add(child + "/");
                list(child, node, lines);
            } else {
                lines.add(child + content.listed);
            }
        });
    }
}
