package io.metastore.recovery;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.internal.journal.JournalWalk;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads a journal from its files: the directory {@code journal/<group>/current} of a member, stopped or not, or a copy of it.
 *
 * <p>Changes nothing and creates nothing, not even a lock; files are opened for reading only. Memory does not grow with the files: 1 MiB, or the largest
 * entry, and what is reported. Damage is reported and never thrown.
 *
 * <p>Beside a member that is writing it sees a journal that was there at some moment during the scan, or its beginning, unless that member cuts off entries
 * meanwhile.
 */
public final class JournalScanner {

    private JournalScanner() {}

    /**
     * Reads all of it. Blocks; callable from any thread.
     *
     * @throws DirectoryUnusableException there is no such directory, or it or one of its files cannot be opened
     */
    public static JournalScan scan(Path directory) {
        return scan(directory, EntryVisitor.NONE);
    }

    /**
     * Reads all of it, and shows the entries up to the first damage.
     *
     * @throws DirectoryUnusableException there is no such directory, or it or one of its files cannot be opened
     */
    public static JournalScan scan(Path directory, EntryVisitor visitor) {
        try (JournalWalk walk = new JournalWalk(directory)) {
            for (EntryVisitor.ScannedEntry entry = walk.next(); entry != null; entry = walk.next()) {
                visitor.entry(entry);
            }
            return walk.scan();
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "journal cannot be read: directory=" + directory + " cause=" + e
                            + "; check the path and its permissions",
                    e);
        }
    }
}
