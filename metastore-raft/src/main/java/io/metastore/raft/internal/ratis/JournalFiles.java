package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** The journal's files as a directory sees them. Their size is looked up at most once a second. */
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

    /**
     * Forces the file that is being written. After a kill its end may be in the page cache only, while Ratis takes all it can read for forced: what is
     * applied from there would survive a power loss that the journal under it does not. Closed files were forced when they were closed.
     */
    void force() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "log_inprogress_*")) {
            for (Path file : found) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
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
