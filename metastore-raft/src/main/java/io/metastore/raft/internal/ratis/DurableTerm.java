package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes term and vote survive power loss. Ratis forces the file that holds them and renames it into place, but not the directory, so the rename can be
 * forgotten and a vote given twice. This forces the directory before anyone else learns of the term or the vote. An interrupt, which may have been
 * meant for another member's work on this thread, is no failure of the disk: the layer keeps it for later.
 */
final class DurableTerm {
    private final FileLayer files;
    private final Path directory;

    /** Highest term that is known to be on disk. Guarded by this. */
    private long forcedTerm = -1;

    /** Watches over the directory that holds {@code raft-meta}. */
    DurableTerm(FileLayer files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Returns once the term is on disk; does nothing when it already was. */
    synchronized void ensure(long term) throws IOException {
        if (term > forcedTerm) {
            force();
            forcedTerm = term;
        }
    }

    /** Returns once the last vote is on disk. */
    synchronized void force() throws IOException {
        files.forceDirectory(directory);
    }
}
