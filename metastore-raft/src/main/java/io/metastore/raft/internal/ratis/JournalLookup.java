package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.raft.internal.engine.JournalExtent.Fit;
import io.metastore.raft.internal.engine.JournalExtent.Hole;
import io.metastore.raft.internal.engine.JournalFit;
import java.io.IOException;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;

/** Looks into the files of a journal that no engine has open, where their names do not tell. */
final class JournalLookup {
    private final JournalDirectory directory;
    private final RatisSettings.Limits limits;

    JournalLookup(JournalDirectory directory, RatisSettings.Limits limits) {
        this.directory = directory;
        this.limits = limits;
    }

    /** See {@link io.metastore.raft.internal.engine.StoppedJournal#fit}. */
    JournalFit fit(LogPosition state) throws IOException {
        JournalExtent found = directory.extent();
        Fit byNames = found.fit(state);
        if (byNames != Fit.FITS || found.image() != null || state.index() < 0 || found.first() < 0) {
            return new JournalFit(byNames, found.describe(state));
        }
        if (state.index() < found.first()) {
            LogPosition before = found.before();
            return before == null || before.index() != state.index()
                    ? fits(found, state)
                    : compared(found, before, state);
        }
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            if (segment.contains(state.index()) || (segment.isOpen() && segment.first() <= state.index())) {
                LogPosition entry = read(segment, state.index());
                return entry != null && entry.index() == state.index()
                        ? compared(found, entry, state)
                        : endsAt(entry == null ? segment.first() - 1 : entry.index(), state);
            }
        }
        return endsAt(found.closedLast(), state);
    }

    private static JournalFit fits(JournalExtent found, LogPosition state) {
        return new JournalFit(Fit.FITS, found.describe(state));
    }

    private static JournalFit compared(JournalExtent found, LogPosition entry, LogPosition state) {
        return entry.equals(state) ? fits(found, state) : contradicts(entry, state);
    }

    static JournalFit contradicts(LogPosition entry, LogPosition state) {
        return new JournalFit(Fit.CONTRADICTS, "fit=" + Fit.CONTRADICTS + " state=" + state + " entry=" + entry);
    }

    private static JournalFit endsAt(long last, LogPosition state) {
        return new JournalFit(
                Fit.ENDS_TOO_EARLY,
                "fit=" + Fit.ENDS_TOO_EARLY + " state=" + state + " last=" + last + " missing="
                        + new Hole(last + 1, state.index()));
    }

    /**
     * The last entry, or the one at an index when that is there; {@link LogPosition#NONE} without any. Reads no more than two files, and only as far as it must.
     *
     * @param found of this journal, with files of which each is what its name says
     */
    LogPosition end(JournalExtent found, long upTo) throws IOException {
        List<SegmentFiles.Segment> files = directory.segments().list();
        for (int i = files.size() - 1; i >= 0; i--) {
            LogPosition last = read(files.get(i), upTo);
            if (last != null) {
                return last;
            }
        }
        LogPosition before = found.before();
        return before == null ? LogPosition.NONE : before;
    }

    /** Reads a file up to an entry, and no further; the last entry that was read, null when there is none. */
    private @Nullable LogPosition read(SegmentFiles.Segment segment, long index) throws IOException {
        LogEntryProto[] last = new LogEntryProto[1];
        try {
            JournalReader.read(segment, limits, each -> {
                last[0] = each;
                if (each.getIndex() >= index) {
                    throw new EnoughRead();
                }
            });
        } catch (EnoughRead e) {
            // It is there.
        } catch (IllegalStateException e) {
            throw new IOException("entries do not follow one another: file=" + segment.path(), e);
        }
        return last[0] == null ? null : new LogPosition(last[0].getTerm(), last[0].getIndex());
    }

    /** The one way to stop Ratis' reader. */
    private static final class EnoughRead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EnoughRead() {
            super(null, null, false, false);
        }
    }
}
