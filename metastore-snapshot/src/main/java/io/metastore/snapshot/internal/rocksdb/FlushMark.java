package io.metastore.snapshot.internal.rocksdb;

import io.metastore.api.CorruptStateException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

    /**
     * Notes that everything up to a sequence number is in table files. An interrupt, which would close the files under way, waits until that is
     * done.
     */
    static void write(Path directory, long sequence) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    interrupted |= Thread.interrupted();
                    writeOnce(directory, sequence);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void writeOnce(Path directory, long sequence) throws IOException {
        String manifest = current(directory);
        FlushMark mark = new FlushMark(manifest, Files.size(directory.resolve(manifest)), sequence);
        Path temporary = directory.resolve(FILE + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(mark.line().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true); // Otherwise a power loss may bring the old mark back.
        }
    }

    /**
     * Compares the files with the mark, before RocksDB opens them.
     *
     * @return null when there is none
     * @throws CorruptStateException they hold less than was flushed
     */
    static @Nullable FlushMark check(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        String line = Files.readString(file, StandardCharsets.UTF_8);
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
        if (mark.manifest.equals(current(directory))) {
            Path manifest = directory.resolve(mark.manifest);
            long found = Files.exists(manifest) ? Files.size(manifest) : -1;
            if (found < mark.manifestBytes) {
                throw new CorruptStateException("state in RocksDB has a shortened MANIFEST: file=" + manifest
                        + " expected=" + mark.manifestBytes + " found=" + found
                        + "; no file was touched, rebuild it from an image");
            }
        }
        return mark;
    }

    /** The name in the CURRENT file; whatever else stands there, RocksDB will refuse. */
    private static String current(Path directory) throws IOException {
        return new String(Files.readAllBytes(directory.resolve("CURRENT")), StandardCharsets.ISO_8859_1).strip();
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
