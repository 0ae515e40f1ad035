package io.metastore.recovery.internal.reset;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;

/** How much the next epoch takes on the disk: what cannot be shared with the one before. */
public final class SpaceNeeded {
    /** For the files that are written anew, and so that the member can be started. */
    private static final long RESERVE_BYTES = 64L << 20;

    private SpaceNeeded() {}

    /** Of a member's directory, in bytes; an upper bound. */
    public static long bytes(Path directory) {
        FileLayer files = new DiskFileLayer();
        Path epoch = DirectoryInspection.of(files, directory)
                .epochDirectory()
                .orElseThrow(() -> new IllegalArgumentException("no member's directory: directory=" + directory));
        try {
            return RESERVE_BYTES + bytes(files, epoch);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "lengths of files cannot be read: directory=" + epoch + " cause=" + e
                            + "; check the disk and permissions",
                    e);
        }
    }

    private static long bytes(FileLayer files, Path directory) throws IOException {
        long bytes = 0;
        for (String name : files.list(directory)) {
            Path path = directory.resolve(name);
            Kind kind = files.kindOfName(path);
            if (kind == Kind.DIRECTORY) {
                bytes += bytes(files, path);
            } else if (kind == Kind.FILE && !isShared(name)) {
                bytes += files.size(path);
            }
        }
        return bytes;
    }

    /** Full journal files and RocksDB's tables. */
    private static boolean isShared(String name) {
        return name.endsWith(".sst") || name.matches("log_[0-9]+-[0-9]+");
    }
}
