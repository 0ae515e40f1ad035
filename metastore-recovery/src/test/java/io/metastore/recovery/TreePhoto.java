package io.metastore.recovery;

import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All there is below a directory: names, times of change, lengths and contents. */
final class TreePhoto {
    private TreePhoto() {}

    /** By path; must not be taken while a member in this process has the directory open, whose locks reading would free. */
    static Map<Path, String> of(Path directory) {
        Map<Path, String> photo = new TreeMap<>();
        for (Path path : all(directory)) {
            try {
                String content = Files.isRegularFile(path) ? Files.size(path) + " " + Trees.digest(path) : "";
                photo.put(path, Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS) + " " + content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return photo;
    }

    static List<Path> files(Path directory) {
        return all(directory).stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> all(Path directory) {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(directory)) {
            return found.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy with the same times. */
    static Path copy(Path directory, Path target) {
        try {
            for (Path path : all(directory)) {
                Files.copy(
                        path,
                        target.resolve(directory.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
