package io.metastore.recovery.survey;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.TermRun;
import java.util.List;

/**
 * What the journal of a copy holds: its readable beginning, which is all that is of use to Raft.
 *
 * @param files how many there are
 * @param bytes of all of them
 * @param entries that can be read
 * @param first index of the first one; -1 without entries. Not 0 once entries behind an image were purged
 * @param last position of the last one
 * @param lastIndexMax upper bound of the last index there can have been; {@link Long#MAX_VALUE} when nothing bounds it
 * @param terms of these entries, in order
 * @param committed highest index that one of these entries proves to be committed; -1 for none
 */
public record JournalFacts(
        int files,
        long bytes,
        long entries,
        long first,
        LogPosition last,
        long lastIndexMax,
        List<TermRun> terms,
        long committed) {

    /** Where there is no journal and never was. */
    public static final JournalFacts NONE = new JournalFacts(0, 0, 0, -1, LogPosition.NONE, -1, List.of(), -1);

    public JournalFacts {
        terms = List.copyOf(terms);
    }

    /** The same, with nothing that bounds what there was. */
    public JournalFacts unbounded() {
        return new JournalFacts(files, bytes, entries, first, last, Long.MAX_VALUE, terms, committed);
    }
}
