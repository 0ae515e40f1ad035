package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Size of the journal on disk, looked up at most once a second. */
final class JournalFiles {
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private volatile long bytes;
    private volatile long measuredNanos = System.nanoTime() - 2 * MAX_AGE_NANOS;

    JournalFiles(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    long bytes() {
        long now = System.nanoTime();
        if (now - measuredNanos > MAX_AGE_NANOS) {
            measuredNanos = now;
            bytes = measure();
        }
        return bytes;
    }

    private long measure() {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        long sum = 0;
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            for (Path file : found) {
                sum += file.toFile().length(); // 0 for one that was renamed meanwhile.
            }
        } catch (IOException | UncheckedIOException e) {
            return bytes; // A figure for people; the last one is as good.
        }
        return sum;
    }
}
