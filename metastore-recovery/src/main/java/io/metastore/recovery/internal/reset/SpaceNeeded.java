package io.metastore.recovery.internal.reset;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How much the next epoch takes on the disk: what cannot be shared with the one before. */
public final class SpaceNeeded {
    /** For the files that are written anew, and so that the member can be started. */
    private static final long RESERVE_BYTES = 64L << 20;

    private SpaceNeeded() {}

    /** Of a member's directory, in bytes; an upper bound. */
    public static long bytes(Path directory, long epoch) {
        Path of = DirectoryInspection.of(new DiskFileLayer(), directory)
                .epochDirectory()
                .orElseThrow(() -> new IllegalArgumentException("no epoch: directory=" + directory + " epoch=" + epoch));
        long[] bytes = {RESERVE_BYTES};
        try {
            Files.walkFileTree(of, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (!isShared(String.valueOf(file.getFileName()))) {
                        bytes[0] += attributes.size();
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }
            });
        } catch (IOException | UncheckedIOException e) {
            throw new DirectoryUnusableException(
                    "lengths of files cannot be read: directory=" + of + " cause=" + e
                            + "; check the disk and permissions",
                    e);
        }
        return bytes[0];
    }

    /** Full journal files and RocksDB's tables. */
    private static boolean isShared(String name) {
        return name.endsWith(".sst") || name.matches("log_[0-9]+-[0-9]+");
    }
}
