package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.ratis.JournalBegin.Discard;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code begin} beside the journal's entries, see {@link JournalBegin}; absent for a journal that was never cut. Written before anything is
 * deleted on the strength of it.
 *
 * <pre>
 * format=metastore-journal-begin/1
 * before=3:120,3:240              term:index, ascending; "none"
 * discard=nothing                 nothing | older | all
 * checksum=1f2e3d4c
 * </pre>
 */
final class JournalBeginFile {
    private static final String NAME = "begin";
    private static final String KIND = "metastore-journal-begin";
    private static final int VERSION = 1;
    private static final String NONE = "none";

    private final FileLayer layer;
    private final Path file;

    /** Null before the first use, and after a write that failed. Guarded by this. */
    private @Nullable JournalBegin known;

    /** Of the group whose directory this is; need not exist. */
    JournalBeginFile(FileLayer layer, Path groupDirectory) {
        this.layer = layer;
        this.file = groupDirectory.resolve(NAME);
    }

    /**
     * What the file says.
     *
     * @throws io.metastore.api.CorruptStateException when it is damaged
     */
    synchronized JournalBegin read() throws IOException {
        JournalBegin current = known;
        if (current == null) {
            current = layer.kind(file) == Kind.ABSENT ? JournalBegin.UNCUT : decode(layer.read(file));
            known = current;
        }
        return current;
    }

    /** Durable when it returns. */
    synchronized void write(JournalBegin begin) throws IOException {
        known = null;
        AtomicFile.replace(layer, file, encode(begin));
        known = begin;
    }

    /** The position at this index when it may be the one before the journal's first entry; null when it is not known. May wait for a write of the file. */
    @Nullable
    LogPosition before(long index) {
        try {
            return read().at(index);
        } catch (IOException e) {
            return null; // As unknown as any other; whoever writes next meets the failure.
        }
    }

    private static byte[] encode(JournalBegin begin) {
        String before = begin.before().stream()
                .map(position -> position.term() + ":" + position.index())
                .collect(Collectors.joining(","));
        return new FactText(KIND, VERSION)
                .with("before", before.isEmpty() ? NONE : before)
                .with("discard", begin.discard().name().toLowerCase(Locale.ROOT))
                .bytes();
    }

    private JournalBegin decode(byte[] bytes) {
        return Facts.read(file, bytes, KIND, VERSION)
                .build(facts -> new JournalBegin(
                        positions(facts.text("before")),
                        Discard.valueOf(facts.text("discard").toUpperCase(Locale.ROOT))));
    }

    private static List<LogPosition> positions(String text) {
        return text.equals(NONE)
                ? List.of()
                : Stream.of(text.split(",")).map(JournalBeginFile::position).toList();
    }

    private static LogPosition position(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }
}
