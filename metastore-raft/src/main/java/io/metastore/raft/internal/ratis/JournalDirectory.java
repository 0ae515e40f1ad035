package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one engine: what lies where, and the engine's claim on it within this JVM. Ratis' own lock is not enough here: it takes five
 * seconds to refuse, and a refused attempt from the same process releases the lock of the engine that has it.
 */
final class JournalDirectory {
    /** By real path: by what whoever claimed it still uses it; null for nothing. Guarded by the map. */
    private static final Map<Path, Supplier<@Nullable String>> claimed = new HashMap<>();

    private final FileLayer files;
    private final Path directory;
    private final UUID group;
    private final SegmentFiles segments;
    private final JournalBeginFile begin;

    /** Set while claimed. Guarded by the map. */
    private @Nullable Path claim;

    JournalDirectory(FileLayer files, Path directory, UUID group) {
        this.files = files;
        this.directory = directory.toAbsolutePath();
        this.group = group;
        this.segments = new SegmentFiles(files, entries());
        this.begin = new JournalBeginFile(files, group());
    }

    /**
     * Creates the directory when missing and claims it.
     *
     * @param use asked when another engine wants it: by what it is used still, null for nothing
     * @throws IOException another engine uses it, or it holds another group
     */
    void claim(Supplier<@Nullable String> use) throws IOException {
        files.createDirectories(directory);
        refuseOtherGroups();
        Path real = files.realPath(directory);
        synchronized (claimed) {
            Supplier<@Nullable String> holder = claimed.get(real);
            String by = holder == null ? null : holder.get();
            if (by != null) {
                throw new IOException(
                        "directory is used by another engine in this process: directory=" + real + " by=" + by);
            }
            claimed.put(real, use);
            claim = real;
        }
    }

    /**
     * Makes durable that the group's directories are there, once the engine has created them: it forces files, but none of the names above them. From
     * then on a journal that is missing was lost.
     */
    void force() throws IOException {
        files.forceDirectory(entries());
        files.forceDirectory(group());
        files.forceDirectory(directory);
    }

    /** Where the engine keeps entries, term and vote. */
    Path entries() {
        return group().resolve("current");
    }

    /** The group's own directory. */
    Path group() {
        return directory.resolve(group.toString());
    }

    SegmentFiles segments() {
        return segments;
    }

    JournalBeginFile begin() {
        return begin;
    }

    /** What Ratis has written beside the entries as the configuration; null when there is none that can be read, which Ratis takes for none. */
    @Nullable
    LogEntryProto configuration() throws IOException {
        Path file = entries().resolve(RatisFiles.CONFIGURATION);
        if (files.kind(file) != Kind.FILE) {
            return null;
        }
        try {
            LogEntryProto entry = LogEntryProto.parseFrom(files.read(file));
            return entry.hasConfigurationEntry() ? entry : null;
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /**
     * Term and vote; null when there are none.
     *
     * @throws IOException they cannot be read, or are not what was written
     */
    @Nullable
    WrittenVote termAndVote() throws IOException {
        Path file = entries().resolve(RatisFiles.TERM_AND_VOTE);
        return files.kind(file) == Kind.FILE ? WrittenVote.parse(files.read(file)) : null;
    }

    /** Makes the term at least this one; there is a file for it. */
    void raiseTerm(long termMin) throws IOException {
        WrittenVote found = termAndVote();
        if (found == null || found.term() < termMin) {
            AtomicFile.replace(
                    files,
                    entries().resolve(RatisFiles.TERM_AND_VOTE),
                    WrittenVote.nobody(termMin).bytes());
        }
    }

    /** Where entries are kept that are to go without having been committed. */
    OverwrittenEntries overwritten() {
        return new OverwrittenEntries(files, group(), OverwrittenEntries.BYTES_MAX);
    }

    /** How far the journal reaches; for before an engine is started. */
    JournalExtent extent() throws IOException {
        List<SegmentFiles.Segment> found = segments.list();
        JournalBegin cut = begin.read();
        long first = found.isEmpty() ? -1 : found.get(0).first();
        return new JournalExtent(
                files.kind(entries().resolve(RatisFiles.TERM_AND_VOTE)) == Kind.FILE,
                first,
                found.stream().mapToLong(SegmentFiles.Segment::last).max().orElse(-1),
                found.stream()
                        .filter(SegmentFiles.Segment::isOpen)
                        .mapToLong(SegmentFiles.Segment::first)
                        .findFirst()
                        .orElse(-1),
                SegmentFiles.hole(found),
                first < 0 ? cut.last() : cut.at(first - 1),
                cut.image(),
                cut.image() == null
                        ? new SegmentHeads(files).damage(found)
                        : null); // Else they are to go, half gone as they may be.
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
