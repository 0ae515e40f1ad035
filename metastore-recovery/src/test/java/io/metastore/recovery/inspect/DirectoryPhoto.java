package io.metastore.recovery.inspect;

import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everything below a directory: names, times of the last change, contents. */
record DirectoryPhoto(Map<String, String> files) {

    /** Of one that nobody uses: even the times of links and names, which hard links would change. */
    static DirectoryPhoto of(Path directory) {
        return of(directory, true);
    }

    /** Of one whose files a running store has under other names too, which come and go. */
    static DirectoryPhoto besideAStore(Path directory) {
        return of(directory, false);
    }

    private static DirectoryPhoto of(Path directory, boolean links) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.toList()) {
                String content = Files.isDirectory(path) ? "" : Files.size(path) + " " + Trees.digest(path);
                files.put(
                        directory.relativize(path).toString(),
                        Files.getLastModifiedTime(path) + " "
                                + (links ? Files.getAttribute(path, "unix:ctime") + " " : "") + content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DirectoryPhoto(files);
    }
}
