package io.metastore.snapshot.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Directories and files in memory. Nodes have numbers, so that two trees can tell that they hold the same file under different names. */
final class MemoryTree {

    static final int ROOT = 0;

    private final Map<Integer, SortedMap<String, Integer>> directories = new HashMap<>();
    private final Map<Integer, byte[]> files = new HashMap<>();

    MemoryTree() {
        directories.put(ROOT, new TreeMap<>());
    }

    MemoryTree copy() {
        MemoryTree copy = new MemoryTree();
        directories.forEach((node, names) -> copy.directories.put(node, new TreeMap<>(names)));
        copy.files.putAll(files);
        return copy;
    }

    void addDirectory(int node) {
        directories.put(node, new TreeMap<>());
    }

    void addFile(int node) {
        files.put(node, new byte[0]);
    }

    void name(int directory, String name, int node) {
        names(directory).put(name, node);
    }

    void unname(int directory, String name) {
        names(directory).remove(name);
    }

    /** Bytes from some place on; what is missing before it, as an earlier write was lost, is zeros. */
    void content(int file, long offset, byte[] bytes) {
        byte[] before = files.getOrDefault(file, new byte[0]);
        int end = Math.toIntExact(offset + bytes.length);
        byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
        System.arraycopy(bytes, 0, after, (int) offset, bytes.length);
        files.put(file, after);
    }

    /** Null when it is a directory. Not to be changed. */
    byte @Nullable [] content(int file) {
        return files.get(file);
    }

    boolean isDirectory(int node) {
        return directories.containsKey(node);
    }

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
            byte[] bytes = files.get(node);
            if (bytes == null) {
                lines.add(child + "/");
                list(child, node, lines);
            } else {
                lines.add(child + " " + bytes.length + " bytes " + Arrays.hashCode(bytes));
            }
        });
    }
}
