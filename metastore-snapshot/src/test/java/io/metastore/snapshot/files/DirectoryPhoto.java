package io.metastore.snapshot.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every name below a directory with content and time of change; of the lock file only the content. Equal photos: nothing was touched. */
record DirectoryPhoto(Map<String, String> entries) {

    static DirectoryPhoto of(Path directory) {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                entries.put(directory.relativize(path).toString(), entry(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DirectoryPhoto(entries);
    }

    private static String entry(Path path) throws IOException {
        boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        String content = file ? HexFormat.of().formatHex(Files.readAllBytes(path)) : "directory";
        return path.endsWith(Layout.LOCK) ? content : content + " " + Files.getLastModifiedTime(path);
    }
}
