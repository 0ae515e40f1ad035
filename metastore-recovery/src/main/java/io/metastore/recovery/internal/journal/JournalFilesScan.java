package io.metastore.recovery.internal.journal;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import java.io.IOException;
import java.nio.file.Path;

/** Reads the files of a journal one after the other; see {@link io.metastore.recovery.JournalScanner}. */
public final class JournalFilesScan {

    private JournalFilesScan() {}

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
