package io.metastore.raft.internal.cluster;

import io.metastore.api.EpochBeginning;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.EpochEnd;
import java.util.List;

/**
 * How an epoch began, as it is recorded.
 *
 * @param epoch what the application is told of it
 * @param terms where the terms of the journal that was taken over begin, ascending; the first one is where that journal began. Empty when they were not noted
 * @param tipRevision number of the last revision that was taken over; -1 when that is not known
 */
record Beginning(EpochBeginning epoch, List<LogPosition> terms, long tipRevision) {

    Beginning {
        terms = List.copyOf(terms);
    }

    /** Of the epoch before. */
    EpochEnd end() {
        return new EpochEnd(epoch.recovery(), epoch.previous(), epoch.epoch(), epoch.tip(), terms);
    }

    /** Whether the term of the entry at this index of the journal that was taken over is known. */
    boolean knowsTermAt(long index) {
        return !terms.isEmpty()
                && index >= terms.get(0).index()
                && index <= epoch.tip().index();
    }

    /** The term of that entry. */
    long termAt(long index) {
        long term = -1;
        for (LogPosition each : terms) {
            term = each.index() <= index ? each.term() : term;
        }
        return term;
    }
}
