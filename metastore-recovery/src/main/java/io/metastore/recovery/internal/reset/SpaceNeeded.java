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
            throw unreadable(epoch, e);
        }
    }

    /** Of the journal of another member's directory, when it is copied, in bytes. */
    public static long journalBytes(Path directory) {
        FileLayer files = new DiskFileLayer();
        Path journal = DirectoryInspection.of(files, directory)
                .journalDirectory()
                .orElseThrow(() -> new IllegalArgumentException("no member's directory: directory=" + directory));
        try {
            return allBytes(files, journal);
        } catch (IOException e) {
            throw unreadable(journal, e);
        }
    }

    private static long allBytes(FileLayer files, Path directory) throws IOException {
        long bytes = 0;
        for (String name : files.list(directory)) {
            Path path = directory.resolve(name);
            bytes += files.kindOfName(path) == Kind.DIRECTORY ? allBytes(files, path) : files.size(path);
        }
        return bytes;
    }

    private static DirectoryUnusableException unreadable(Path directory, IOException e) {
        return new DirectoryUnusableException(
                "lengths of files cannot be read: directory=" + directory + " cause=" + e
                        + "; check the disk and permissions",
                e);
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
