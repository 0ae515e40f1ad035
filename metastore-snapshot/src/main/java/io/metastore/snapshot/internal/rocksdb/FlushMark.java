package io.metastore.snapshot.internal.rocksdb;

import io.metastore.api.CorruptStateException;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a store remembers of its last flush beside RocksDB's own files. RocksDB takes a shortened MANIFEST for the end of its history, opens an older
 * or even empty database, and deletes the table files that this history does not know. With the mark that is refused before RocksDB sees it.
 *
 * <p>One line of text: format, name and length of the MANIFEST, last sequence number, CRC32C of all that. Replaced as a whole.
 *
 * @param manifest name of the file
 * @param manifestBytes its length; it only grows under its name
 * @param sequence RocksDB's number of the last write that was flushed
 */
record FlushMark(String manifest, long manifestBytes, long sequence) {

    static final String FILE = "METASTORE-FLUSHED";

    private static final String FORMAT = "1";

    /** Notes that everything up to a sequence number is in table files; durable when it returns. */
    static void write(FileLayer files, Path directory, long sequence) throws IOException {
        String manifest = current(files, directory);
        FlushMark mark = new FlushMark(manifest, files.size(directory.resolve(manifest)), sequence);
        AtomicFile.replace(files, directory.resolve(FILE), mark.line().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Compares the files with the mark, before RocksDB opens them.
     *
     * @return null when there is none
     * @throws CorruptStateException they hold less than was flushed
     */
    static @Nullable FlushMark check(FileLayer files, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (files.kind(file) == Kind.ABSENT) {
            return null;
        }
        String line = new String(files.read(file), StandardCharsets.UTF_8);
        List<String> words = List.of(line.split(" ", -1));
        if (words.size() != 5 || !words.get(0).equals(FORMAT)) {
            throw new CorruptStateException("mark of the last flush is unreadable: file=" + file + " content='" + line
                    + "' supported=" + FORMAT);
        }
        FlushMark mark = new FlushMark(words.get(1), number(words.get(2)), number(words.get(3)));
        if (!line.equals(mark.line())) {
            throw new CorruptStateException(
                    "mark of the last flush fails its checksum: file=" + file + " content='" + line + "'");
        }
        if (mark.manifest.equals(current(files, directory))) {
            Path manifest = directory.resolve(mark.manifest);
            long found = files.kind(manifest) == Kind.ABSENT ? -1 : files.size(manifest);
            if (found < mark.manifestBytes) {
                throw new CorruptStateException("state in RocksDB has a shortened MANIFEST: file=" + manifest
                        + " expected=" + mark.manifestBytes + " found=" + found
                        + "; no file was touched, rebuild it from an image");
            }
        }
        return mark;
    }

    /** The name in the CURRENT file; whatever else stands there, RocksDB will refuse. */
    private static String current(FileLayer files, Path directory) throws IOException {
        return new String(files.read(directory.resolve("CURRENT")), StandardCharsets.ISO_8859_1).strip();
    }

    private static long number(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            return -1; // Then the checksum does not fit either.
        }
    }

    private String line() {
        String words = FORMAT + " " + manifest + " " + manifestBytes + " " + sequence;
        CRC32C crc = new CRC32C();
        crc.update(words.getBytes(StandardCharsets.UTF_8));
        return words + " " + Long.toHexString(crc.getValue());
    }
}
