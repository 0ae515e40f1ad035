package io.metastore.snapshot.internal.rocksdb;

import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that never held anything, as a process leaves it that dies, or loses power, while it creates one. RocksDB creates a store in several files
 * and cannot go on with half of them. The mark of a flush is written when the creation is complete and before anything is put into the store, so
 * where there is neither mark nor table file there is nothing to lose.
 *
 * <p>Such files are deleted, not moved aside: they tell nobody anything, and a directory beside the state would have to be understood and cleared away
 * by somebody. Each part of them that a crash in between leaves is such a store again.
 */
final class UnfinishedStore {

    private static final Logger log = LoggerFactory.getLogger(UnfinishedStore.class);

    /** What RocksDB, and we, write before there is a table file. It makes a log too, into which we never put anything. */
    private static final Pattern OF_THE_CREATION = Pattern.compile("LOCK|IDENTITY|CURRENT|LOG(\\.old\\.[0-9]+)?"
            + "|MANIFEST-[0-9]+|OPTIONS-[0-9]+(\\.dbtmp)?|[0-9]+\\.(dbtmp|log)|"
            + AtomicFile.temporary(Path.of(FlushMark.FILE)));

    private final FileLayer files;
    private final Path directory;

    UnfinishedStore(FileLayer files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Whether all of these names are of the creation: no mark, no table file, no log with content, nothing of anybody else's. */
    boolean holdsNothing(List<String> names) throws IOException {
        for (String name : names) {
            if (!OF_THE_CREATION.matcher(name).matches()
                    || (name.endsWith(".log") && files.size(directory.resolve(name)) > 0)) {
                return false;
            }
        }
        return true;
    }

    /** Deletes them, durably; to be repeated when it is cut off. */
    void delete(List<String> names) throws IOException {
        log.info("creation of a state that was cut off is begun anew: directory={} files={}", directory, names);
        for (String name : names) {
            files.delete(directory.resolve(name));
        }
        files.forceDirectory(directory);
    }
}
