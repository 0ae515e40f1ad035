package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.TermRun;
import java.util.List;

/**
 * The part of a journal that an epoch took over, by the terms of its entries.
 *
 * @param terms where each term begins, ascending; the first one is where the journal began. Never empty
 * @param tip its last entry
 */
record TakenOver(List<LogPosition> terms, LogPosition tip) {

    /**
     * Where another journal of the same epoch leaves it.
     *
     * @param index first index of the other that was not taken over; behind its end when all was
     * @param exact whether the entry before is known to be the same; when not, and the index is behind the end, nothing is known
     */
    record Fork(long index, boolean exact) {}

    /**
     * Compares by terms: two entries of one epoch with one index and one term are one entry, and so are all before them. So the last index at which both have the
     * same term is the last that they share.
     */
    Fork fork(JournalScan other) {
        return fork(other.terms(), other.last().index());
    }

    Fork fork(List<TermRun> otherTerms, long otherLast) {
        List<LogPosition> theirs = otherTerms.stream().map(TakenOver::position).toList();
        if (theirs.isEmpty()) {
            return new Fork(otherLast + 1, true);
        }
        long first = terms.get(0).index();
        long shared = -1;
        for (int i = 0; i < terms.size(); i++) {
            for (int j = 0; j < theirs.size(); j++) {
                if (terms.get(i).term() == theirs.get(j).term()) {
                    long from = Math.max(terms.get(i).index(), theirs.get(j).index());
                    long to = Math.min(end(terms, i, tip.index()), end(theirs, j, otherLast));
                    shared = to >= from ? Math.max(shared, to) : shared;
                }
            }
        }
        if (shared >= 0) {
            return new Fork(shared + 1, true);
        }
        if (otherLast < first) {
            // An entry of its last term that was taken over has all earlier ones of that term before it.
            boolean same = theirs.get(theirs.size() - 1).term() == terms.get(0).term();
            return new Fork(otherLast + 1, same);
        }
        return new Fork(Math.max(first, theirs.get(0).index()), false);
    }

    private static long end(List<LogPosition> starts, int i, long last) {
        return i + 1 < starts.size() ? starts.get(i + 1).index() - 1 : last;
    }

    private static LogPosition position(TermRun run) {
        return new LogPosition(run.term(), run.first());
    }
}
