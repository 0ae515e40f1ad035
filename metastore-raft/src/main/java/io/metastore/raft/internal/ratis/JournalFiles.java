package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The journal's files as a directory sees them. Their size is looked up at most once a second. */
final class JournalFiles {
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final FileLayer files;
    private final Path directory;
    private volatile long bytes;
    private volatile long measuredNanos = System.nanoTime() - 2 * MAX_AGE_NANOS;

    JournalFiles(FileLayer files, Path directory) {
        this.files = files;
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
        if (files.kind(directory) != Kind.DIRECTORY) {
            return;
        }
        for (String name : files.list(directory)) {
            if (name.startsWith("log_inprogress_")) {
                files.force(directory.resolve(name));
            }
        }
    }

    /** A figure for people, so not through the layer: the files come and go meanwhile. */
    private long measure() {
        File[] found = directory.toFile().listFiles();
        if (found == null) {
            return bytes; // There is none yet, or it cannot be read: the last figure is as good.
        }
        long sum = 0;
        for (File file : found) {
            sum += file.length(); // 0 for one that was renamed meanwhile.
        }
        return sum;
    }
}
