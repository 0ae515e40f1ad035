package io.metastore.snapshot.files;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Whole directories: copied, deleted, compared. */
public final class Trees {

    /** Reading one would free the lock that this process holds on it. */
    private static final Set<String> LOCKS = Set.of("LOCK", "in_use.lock");

    private static final byte[] ZEROS = new byte[4096];

    private Trees() {}

    /**
     * Copies a directory that others still write to as it was at one moment: again, as long as anything moved meanwhile. RocksDB deletes files in the
     * background that a list of it, copied earlier, still names.
     */
    public static void photograph(Path from, Path to) throws IOException {
        for (int attempt = 1; attempt <= 1000; attempt++) {
            List<String> before = listing(from);
            copy(from, to);
            if (listing(from).equals(before)) {
                return;
            }
            delete(to);
        }
        throw new AssertionError("a directory does not come to rest: " + from);
    }

    private static List<String> listing(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path path : all(directory)) {
            File file = path.toFile();
            lines.add(path + " " + file.length() + " " + file.lastModified());
        }
        return lines;
    }

    /** Copies a directory as it is; files that vanish meanwhile are left out, locks are copied as empty files. */
    public static void copy(Path from, Path to) throws IOException {
        for (Path path : all(from)) {
            Path target = to.resolve(from.relativize(path));
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else if (LOCKS.contains(path.getFileName().toString())) {
                Files.createFile(target);
            } else {
                copyFile(path, target);
            }
        }
    }

    /** Files of a journal end in millions of zeros, which are left out where they are written: they are read as zeros all the same. */
    private static void copyFile(Path from, Path to) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(from);
        } catch (NoSuchFileException e) {
            return;
        }
        int end = bytes.length;
        while (end > ZEROS.length && Arrays.equals(bytes, end - ZEROS.length, end, ZEROS, 0, ZEROS.length)) {
            end -= ZEROS.length;
        }
        Files.write(to, end == bytes.length ? bytes : Arrays.copyOf(bytes, end), StandardOpenOption.CREATE_NEW);
        if (end < bytes.length) {
            try (RandomAccessFile file = new RandomAccessFile(to.toFile(), "rw")) {
                file.setLength(bytes.length);
            }
        }
    }

    /** Deletes a directory with all it holds, if there is one. */
    public static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            for (Path path :
                    all(directory).stream().sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Every file with a digest of its content, but for locks. */
    public static Map<String, Integer> photo(Path root) throws IOException {
        Map<String, Integer> photo = new TreeMap<>();
        for (Path path : all(root)) {
            if (!LOCKS.contains(path.getFileName().toString())) {
                photo.put(root.relativize(path).toString(), Files.isDirectory(path) ? 0 : digest(path));
            }
        }
        return photo;
    }

    /** Of all bytes of a file. */
    public static int digest(Path file) throws IOException {
        CRC32 digest = new CRC32();
        digest.update(Files.readAllBytes(file));
        return (int) digest.getValue();
    }

    private static List<Path> all(Path directory) throws IOException {
        List<Path> paths = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                paths.add(path);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                paths.add(path);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException error) throws IOException {
                if (error instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // Deleted since the directory was listed.
                }
                throw error;
            }
        });
        return paths;
    }
}
