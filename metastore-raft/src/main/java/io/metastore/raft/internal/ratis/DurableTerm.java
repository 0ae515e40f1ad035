package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes term and vote survive power loss. Ratis forces the file that holds them and renames it into place, but not the directory, so the rename can be
 * forgotten and a vote given twice. This forces the directory before anyone else learns of the term or the vote.
 */
final class DurableTerm {
    private final Path directory;

    /** Highest term that is known to be on disk. Guarded by this. */
    private long forcedTerm = -1;

    /** Watches over the directory that holds {@code raft-meta}. */
    DurableTerm(Path directory) {
        this.directory = directory;
    }

    /** Returns once the term is on disk; does nothing when it already was. */
    synchronized void ensure(long term) throws IOException {
        if (term > forcedTerm) {
            force();
            forcedTerm = term;
        }
    }

    /**
     * Returns once the last vote is on disk. An interrupt, which closes the channel under it and may have been meant for another member's work on this
     * thread, is no failure of the disk: it is kept for later and the directory forced all the same.
     */
    synchronized void force() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (!forced()) {
                interrupted = true;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** False when an interrupt came in between; the interrupt is cleared. */
    private boolean forced() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            boolean cleared = Thread.interrupted();
            assert cleared : "closed by an interrupt that is not there";
            return false;
        }
    }
}
