package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalRecord;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed entries back.
 *
 * <p>Closed files are read here, each as a whole and past Ratis: read through Ratis an old entry takes the place of recent ones in its cache, from which
 * followers are served, and may be thrown out again before the next is read. The file that is being written is in Ratis' memory anyway.
 */
final class JournalReader {
    /** So often the names of the files are looked at: entries believed to be in the open file may be in a closed one by now. */
    private static final int READS_PER_LISTING = 1000;

    private final JournalDirectory directory;
    private final RatisSettings.Limits limits;

    /** The file read last. Guarded by this. */
    private SoftReference<@Nullable Loaded> loaded = new SoftReference<>(null);

    /** First entry that is not in a closed file, as of the last listing. Guarded by this. */
    private long openFirst = Long.MAX_VALUE;

    /** Guarded by this. */
    private int readsSinceListing;

    JournalReader(JournalDirectory directory, RatisSettings.Limits limits) {
        this.directory = directory;
        this.limits = limits;
    }

    private record Loaded(long first, List<JournalRecord> records) {
        @Nullable
        JournalRecord at(long index) {
            return index < first || index >= first + records.size() ? null : records.get((int) (index - first));
        }
    }

    /** Callable from any thread, one at a time; waits for the disk. */
    synchronized JournalRecord read(RaftLog journal, long index) {
        if (index > journal.getLastCommittedIndex()) {
            return JournalRecord.None.NOT_COMMITTED;
        }
        try {
            JournalRecord found = find(journal, index);
            if (found != null) {
                return found;
            }
        } catch (IOException | RuntimeException e) {
            if (!isPurged(journal, index)) {
                throw failed(index, e);
            }
        }
        if (isPurged(journal, index)) {
            return JournalRecord.None.PURGED;
        }
        throw failed(index, new IOException("no such entry"));
    }

    private static boolean isPurged(RaftLog journal, long index) {
        long first = journal.getStartIndex();
        return index < first || first < 0;
    }

    private @Nullable JournalRecord find(RaftLog journal, long index) throws IOException {
        Loaded current = loaded.get();
        JournalRecord record = current == null ? null : current.at(index);
        if (record != null) {
            return record;
        }
        if (index < openFirst || ++readsSinceListing > READS_PER_LISTING) {
            record = findInClosedFile(index);
            if (record != null) {
                return record;
            }
        }
        LogEntryProto entry = journal.get(index);
        return entry == null ? null : record(entry);
    }

    private @Nullable JournalRecord findInClosedFile(long index) throws IOException {
        readsSinceListing = 0;
        long behindClosed = 0;
        SegmentFiles.Segment found = null;
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            behindClosed = Math.max(behindClosed, segment.last() + 1);
            if (segment.contains(index)) {
                found = segment;
            }
        }
        openFirst = behindClosed;
        if (found == null) {
            return null;
        }
        Loaded fresh = load(found);
        loaded = new SoftReference<>(fresh);
        return fresh.at(index);
    }

    private Loaded load(SegmentFiles.Segment segment) throws IOException {
        loaded.clear(); // One at a time.
        List<JournalRecord> records = new ArrayList<>();
        read(segment, limits, entry -> records.add(record(entry)));
        return new Loaded(segment.first(), records);
    }

    /** Reads a file past Ratis, each entry checked. */
    static void read(SegmentFiles.Segment segment, RatisSettings.Limits limits, Consumer<LogEntryProto> consumer)
            throws IOException {
        LogSegment.readSegmentFile(
                segment.path().toFile(),
                LogSegmentPath.matchLogSegment(segment.path()).getStartEnd(),
                SizeInBytes.valueOf(RatisOptions.entryBytesMax(limits)),
                CorruptionPolicy.EXCEPTION,
                null,
                consumer);
    }

    private static JournalRecord record(LogEntryProto entry) {
        LogPosition position = new LogPosition(entry.getTerm(), entry.getIndex());
        return entry.hasStateMachineLogEntry()
                ? new JournalRecord.Entry(
                        position, entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer())
                : new JournalRecord.Own(position);
    }

    private EngineException failed(long index, Exception cause) {
        return new EngineException(
                EngineException.Kind.IO_FAILED,
                "journal entry could not be read: index=" + index + " directory=" + directory.entries() + " cause="
                        + cause,
                null,
                cause);
    }
}
