package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The claim of one engine on its directory within this JVM. Ratis' own lock is not enough here: it takes five seconds to refuse, and a refused attempt
 * from the same process releases the lock of the engine that has it.
 */
final class JournalDirectory {
    /** By real path: whether whoever claimed it still uses it. Guarded by the map. */
    private static final Map<Path, BooleanSupplier> claimed = new HashMap<>();

    private final Path directory;
    private final UUID group;

    /** Set while claimed. Guarded by the map. */
    private @Nullable Path claim;

    JournalDirectory(Path directory, UUID group) {
        this.directory = directory;
        this.group = group;
    }

    /**
     * Creates the directory when missing and claims it.
     *
     * @param inUse asked when another engine wants it
     * @throws IOException another engine uses it, or it holds another group
     */
    void claim(BooleanSupplier inUse) throws IOException {
        Files.createDirectories(directory);
        refuseOtherGroups();
        Path real = directory.toRealPath();
        synchronized (claimed) {
            BooleanSupplier holder = claimed.get(real);
            if (holder != null && holder.getAsBoolean()) {
                throw new IOException("directory is used by another engine in this process: directory=" + real);
            }
            claimed.put(real, inUse);
            claim = real;
        }
    }

    /** Idempotent. */
    void release() {
        synchronized (claimed) {
            if (claim != null) {
                claimed.remove(claim);
                claim = null;
            }
        }
    }

    /** Ratis starts every group it finds, and cannot be closed when that fails. */
    private void refuseOtherGroups() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path path : found) {
                UUID id = asGroup(path.getFileName().toString());
                if (id != null && !id.equals(group)) {
                    throw new IOException("directory holds another group: directory=" + directory + " expected=" + group
                            + " found=" + id);
                }
            }
        }
    }

    private static @Nullable UUID asGroup(String name) {
        try {
            return UUID.fromString(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
