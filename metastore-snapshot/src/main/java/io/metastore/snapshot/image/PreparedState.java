package io.metastore.snapshot.image;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A new state that is complete and durable but for its name; from {@link StateDirectories#prepare}. Used by one thread, and closed by it. */
public final class PreparedState implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PreparedState.class);

    private final StateDirectories directories;
    private final Path directory;
    private boolean closed;

    PreparedState(StateDirectories directories, Path directory) {
        this.directories = directories;
        this.directory = directory;
    }

    /**
     * Makes it the state from the next opening on; durable when it returns. The state of before stays where it is.
     *
     * @return where it is now, to be handed to {@link io.metastore.snapshot.state.MetaState#replace}
     * @throws io.metastore.api.DirectoryUnusableException the disk refused; the state is the one of before
     * @throws io.metastore.api.StoreFailedException it could not be given its name for certain: this member must stop, and opens with one of the two
     */
    public Path publish() {
        if (closed) {
            throw new IllegalStateException("this state was given up: directory=" + directory);
        }
        return directories.publish();
    }

    /** Deletes it unless it was published. Idempotent; what cannot be deleted goes when the next one is prepared. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            directories.ended();
        } catch (IOException e) {
            log.warn("state that was given up cannot be deleted: directory={}", directory, e);
        }
    }
}
