package io.metastore.raft.internal.images;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.StateClone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Where copies of images are opened that nobody keeps; emptied when a member opens. Callable from any thread. */
public final class Scratch {

    /** Work in a scratch directory. */
    @FunctionalInterface
    interface Work<R> {
        R in(Path directory) throws IOException;
    }

    private final FileLayer files;
    private final Path directory;
    private final AtomicLong number = new AtomicLong();

    /** @param directory of the epoch, on the file system of its images */
    public Scratch(FileLayer files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Deletes what an earlier process left here, and creates the directory. */
    public void empty() throws IOException {
        files.deleteTree(directory);
        files.createDirectories(directory);
    }

    /** Runs work with a directory of its own that does not exist yet; what it leaves there is deleted. */
    <R> R with(Work<R> work) throws IOException {
        Path own = directory.resolve("work-" + number.incrementAndGet());
        try {
            return work.in(own);
        } finally {
            files.deleteTree(own);
        }
    }

    /** Runs work with a copy of an image that may be opened and changed. */
    <R> R with(PersistedImage image, Work<R> work) throws IOException {
        return with(own -> {
            StateClone.of(files, image, own);
            return work.in(own);
        });
    }
}
