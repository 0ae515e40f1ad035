package io.metastore.recovery.internal.reset;

import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.internal.journal.JournalFilesScan;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.TermRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A journal that is to be taken over, as far as an entry.
 *
 * @param first index of its first entry, or of the one that would be the first
 * @param before what it goes on behind; {@link LogPosition#NONE} when it has its first entry
 * @param last its last entry, or {@code before}
 * @param terms of its entries
 * @param tip last entry to take over
 * @param tipEnd offset in its file where that one ends; -1 when the journal has no entries
 */
record SourceJournal(
        long first, LogPosition before, LogPosition last, List<TermRun> terms, LogPosition tip, long tipEnd) {

    /**
     * Reads it; changes nothing.
     *
     * @param tip must be in it
     * @throws RecoveryRefusedException {@link Reason#CHANGED_SINCE} there is no such entry
     */
    static SourceJournal read(OfflineJournal journal, LogPosition tip) throws IOException {
        LogPosition before = journal.before();
        long[] end = {-1};
        long[] first = {-1};
        LogPosition[] found = {before};
        JournalScan scan = JournalFilesScan.scan(journal.entries(), entry -> {
            if (first[0] < 0) {
                first[0] = entry.position().index();
            }
            if (entry.position().index() == tip.index()) {
                found[0] = entry.position();
                end[0] = entry.end();
            }
        });
        LogPosition last = scan.last().index() < 0 ? before : scan.last();
        LogPosition there = tip.index() == before.index() ? before : found[0];
        if (!there.equals(tip)) {
            throw new RecoveryRefusedException(
                    Reason.CHANGED_SINCE,
                    "the journal does not have the entry that is to be its last: journal=" + journal.directory()
                            + " expected="
                            + tip + " first=" + first[0] + " last=" + last
                            + "; nothing was changed; survey the copies again");
        }
        return new SourceJournal(first[0] < 0 ? before.index() + 1 : first[0], before, last, scan.terms(), tip, end[0]);
    }

    /** Whether the part that is taken over goes on from a state or an image at this position. */
    boolean goesOnFrom(LogPosition position) {
        if (position.index() > tip.index()) {
            return false;
        }
        if (position.index() < first) { // The term of what is gone may not be known.
            return position.index() == first - 1 && (before.index() < 0 || position.equals(before));
        }
        return termAt(position.index()) == position.term();
    }

    /**
     * The terms of what is taken over, and before it those of a journal of which it is known that it goes on from there; none when that is not known.
     *
     * @param earlier may be this one
     */
    List<TermRun> terms(SourceJournal earlier) {
        long from = first - 1;
        if (earlier.first() >= first || before.index() != from || earlier.termAt(from) != before.term()) {
            return terms;
        }
        List<TermRun> all = new ArrayList<>();
        for (TermRun run : earlier.terms()) {
            if (run.first() <= from) {
                all.add(run);
            }
        }
        terms.stream().filter(run -> run.term() != before.term()).forEach(all::add);
        return all;
    }

    private long termAt(long index) {
        long term = -1;
        for (TermRun run : terms) {
            term = run.first() <= index ? run.term() : term;
        }
        return term;
    }
}
