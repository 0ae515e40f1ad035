package io.metastore.recovery.internal.reset;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A member's directory once more, by hard links: good as long as whoever works on the clone replaces files and never writes into them, as a recovery does. Locks are
 * left out, those of the clone are its own, and so is what is intended for the real directory, and what was fetched into it, which is written into.
 */
public final class DirectoryClone {
    private static final Set<String> LEFT_OUT = Set.of("LOCK", "in_use.lock", "INTENT", "fetched");

    private DirectoryClone() {}

    /**
     * Clones it; not durable.
     *
     * @param from its member is stopped
     * @param to does not exist, on the same file system
     */
    public static void of(FileLayer files, Path from, Path to) throws IOException {
        files.createDirectory(to);
        for (String name : files.list(from)) {
            Path source = from.resolve(name);
            Kind kind = files.kindOfName(source);
            if (LEFT_OUT.contains(name)) {
                continue;
            }
            if (kind == Kind.DIRECTORY) {
                of(files, source, to.resolve(name));
            } else if (kind == Kind.FILE) {
                files.link(source, to.resolve(name));
            }
        }
    }
}
