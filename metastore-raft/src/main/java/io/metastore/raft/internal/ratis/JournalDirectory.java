package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The claim of one engine on its directory within this JVM. Ratis' own lock is not enough here: it takes five seconds to refuse, and a refused attempt
 * from the same process releases the lock of the engine that has it.
 */
final class JournalDirectory {
    /** Names of the files with entries; the first number is the index of the first entry. */
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?([0-9]+)(?:-[0-9]+)?");

    /** By real path: whether whoever claimed it still uses it. Guarded by the map. */
    private static final Map<Path, BooleanSupplier> claimed = new HashMap<>();

    private final FileLayer files;
    private final Path directory;
    private final UUID group;

    /** Set while claimed. Guarded by the map. */
    private @Nullable Path claim;

    JournalDirectory(FileLayer files, Path directory, UUID group) {
        this.files = files;
        this.directory = directory.toAbsolutePath();
        this.group = group;
    }

    /**
     * Creates the directory when missing and claims it.
     *
     * @param inUse asked when another engine wants it
     * @throws IOException another engine uses it, or it holds another group
     */
    void claim(BooleanSupplier inUse) throws IOException {
        files.createDirectories(directory);
        refuseOtherGroups();
        Path real = files.realPath(directory);
        synchronized (claimed) {
            BooleanSupplier holder = claimed.get(real);
            if (holder != null && holder.getAsBoolean()) {
                throw new IOException("directory is used by another engine in this process: directory=" + real);
            }
            claimed.put(real, inUse);
            claim = real;
        }
    }

    /**
     * Makes durable that the group's directories are there, once the engine has created them: it forces files, but none of the names above them. From
     * then on a journal that is missing was lost.
     */
    void force() throws IOException {
        files.forceDirectory(entries());
        files.forceDirectory(directory.resolve(group.toString()));
        files.forceDirectory(directory);
    }

    /** Where the engine keeps entries, term and vote. */
    Path entries() {
        return directory.resolve(group.toString()).resolve("current");
    }

    /**
     * Whether nothing is missing at the journal's beginning: its first segment has the first entry, or there is none yet.
     *
     * @return false when entries were purged, so that an empty state cannot be replayed to the present one
     */
    boolean beginsAtFirstEntry() throws IOException {
        if (files.kind(entries()) == Kind.ABSENT) {
            return true;
        }
        boolean segments = false;
        for (String name : files.list(entries())) {
            Matcher segment = SEGMENT.matcher(name);
            if (segment.matches()) {
                if (segment.group(1).equals("0")) {
                    return true;
                }
                segments = true;
            }
        }
        return !segments;
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
        for (String name : files.list(directory)) {
            UUID id = asGroup(name);
            if (id != null && !id.equals(group) && files.kind(directory.resolve(name)) == Kind.DIRECTORY) {
                throw new IOException("directory holds another group: directory=" + directory + " expected=" + group
                        + " found=" + id);
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
