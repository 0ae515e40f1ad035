package io.metastore.snapshot.files;

import io.metastore.snapshot.files.FileLayer.HeldLock;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a member's directory: the lock, then what is there, settled. */
final class DirectoryOpening {

    private static final Logger log = LoggerFactory.getLogger(MemberDirectory.class);

    /**
     * What was opened.
     *
     * @param found null for an empty one
     */
    record Opened(HeldDirectory held, DirectoryContents.@Nullable Initialized found) {}

    private DirectoryOpening() {}

    /** See {@link MemberDirectory#open}; the path is absolute. */
    static Opened open(FileLayer layer, Path path, Expectation expectation) throws IOException {
        Layout layout = locate(layer, path);
        if (layer.kind(layout.lock()) == Kind.ABSENT) {
            // Refuses what is not ours before a lock file is put there.
            DirectoryContents.read(layer, layout, expectation);
        }
        HeldLock lock = layer.lock(layout.lock());
        boolean opened = false;
        try {
            Opened found = new Opened(new HeldDirectory(layer, layout, lock), read(layer, layout, expectation));
            opened = true;
            return found;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private static Layout locate(FileLayer layer, Path path) throws IOException {
        Kind kind = layer.kind(path);
        if (kind == Kind.ABSENT) {
            try {
                layer.createDirectories(path);
            } catch (FileAlreadyExistsException e) {
                throw new NotDirectoryException(path.toString());
            }
        } else if (kind != Kind.DIRECTORY) {
            throw new NotDirectoryException(path.toString());
        }
        return new Layout(layer.realPath(path));
    }

    /** Reads and verifies what is there, and ends what was cut off; under the lock. */
    static DirectoryContents.@Nullable Initialized read(FileLayer layer, Layout layout, Expectation expectation)
            throws IOException {
        DirectoryContents contents = DirectoryContents.read(layer, layout, expectation);
        Initialization initialization = new Initialization(layer, layout);
        if (contents instanceof DirectoryContents.Initialized found) {
            initialization.settle(found.membership().epoch());
            warnOfDamage(layout, found.acknowledged());
            return found;
        }
        if (contents instanceof DirectoryContents.Interrupted interrupted) {
            log.info("initialisation that was cut off is taken back: directory={}", layout.root());
            initialization.undo(interrupted.epoch());
        } else {
            AtomicFile.deleteLeftover(layer, layout.initializing());
        }
        return null;
    }

    private static void warnOfDamage(Layout layout, Acknowledgements acknowledged) {
        if (!acknowledged.damage().isEmpty()) {
            log.warn(
                    "what the members have acknowledged is not known any more, is written anew: directory={} reason={}",
                    layout.root(),
                    acknowledged.damage());
        }
    }
}
