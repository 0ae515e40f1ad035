package io.metastore.recovery.journal;

import io.metastore.api.LogPosition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a journal holds.
 *
 * @param directory with the files
 * @param segments the files, each on its own, in the order of their first entries; also those behind a damage. A hole or an overlap is a damage of the file
 *     behind it
 */
public record JournalScan(Path directory, List<SegmentScan> segments) {

    public JournalScan {
        segments = List.copyOf(segments);
    }

    /** The files with the readable prefix: up to and with the first damaged one, or up to a hole. What is behind is of no use to Raft. */
    public List<SegmentScan> prefix() {
        List<SegmentScan> prefix = new ArrayList<>();
        for (SegmentScan segment : segments) {
            if (segment.damage()
                    .map(Damage::kind)
                    .filter(JournalScan::betweenFiles)
                    .isPresent()) {
                break;
            }
            prefix.add(segment);
            if (segment.damage().isPresent()) {
                break;
            }
        }
        return prefix;
    }

    private static boolean betweenFiles(Damage.Kind kind) {
        return kind == Damage.Kind.HOLE || kind == Damage.Kind.OVERLAP;
    }

    /** Index of the first entry of the prefix; empty without entries. Not 0 once entries behind an image were purged. */
    public Optional<Long> first() {
        return prefix().stream()
                .filter(each -> each.entries() > 0)
                .map(SegmentScan::first)
                .findFirst();
    }

    /** Position of the last entry of the prefix; {@link LogPosition#NONE} without entries. */
    public LogPosition last() {
        LogPosition last = LogPosition.NONE;
        for (SegmentScan segment : prefix()) {
            if (segment.entries() > 0) {
                List<TermRun> runs = segment.terms();
                last = new LogPosition(runs.get(runs.size() - 1).term(), segment.last());
            }
        }
        return last;
    }

    /** Terms of the prefix, in order, each once. */
    public List<TermRun> terms() {
        List<TermRun> all = new ArrayList<>();
        for (SegmentScan segment : prefix()) {
            for (TermRun run : segment.terms()) {
                if (all.isEmpty() || all.get(all.size() - 1).term() != run.term()) {
                    all.add(run);
                }
            }
        }
        return List.copyOf(all);
    }

    /** Memberships in the prefix, in order. */
    public List<LoggedMembership> memberships() {
        return prefix().stream().flatMap(each -> each.memberships().stream()).toList();
    }

    /** Commit hints in the prefix. */
    public CommitHints commitHints() {
        return prefix().stream().map(SegmentScan::commitHints).reduce(CommitHints.NONE, CommitHints::plus);
    }

    /** The first damage. */
    public Optional<Damage> damage() {
        return segments.stream().flatMap(each -> each.damage().stream()).findFirst();
    }

    /** Upper bound of the last index there can ever have been, by what names and lengths of the files leave room for; -1 when there are no files. */
    public long lastIndexMax() {
        long max = -1;
        for (SegmentScan segment : segments) {
            long unread = segment.bytes() - segment.readableBytes();
            boolean mayHoldMore =
                    segment.damage().filter(each -> !each.normalAfterCrash()).isPresent();
            long room = segment.open() && mayHoldMore ? unread / SMALLEST_ENTRY_BYTES : 0;
            max = Math.max(max, Math.max(segment.namedLast(), segment.last() + room));
            max = Math.max(
                    max, segment.damage().map(each -> each.aftermath().last()).orElse(-1L));
        }
        return max;
    }

    /** Length, a term, an index or a content, checksum. */
    private static final int SMALLEST_ENTRY_BYTES = 7;
}
