package io.metastore.raft.internal.cluster;

import io.metastore.raft.internal.images.Auditor;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.MetaState;
import java.util.stream.Stream;

/**
 * Tells what the cluster notes of jobs from everything else in the journal: were it counted, the note of a checkpoint would be a reason for the next one, and
 * whoever makes one a day would get one a day of a store that nobody writes to.
 */
public final class JobNotes {

    /** More than these are not looked at: it is about a store in which nothing else happens. */
    private static final int ENTRIES_MAX = 64;

    private final MetaState state;
    private final Auditor.JournalReader journal;

    public JobNotes(MetaState state, Auditor.JournalReader journal) {
        this.state = state;
        this.journal = journal;
    }

    /**
     * Whether the entries hold nothing else. Waits for the disk.
     *
     * @param from inclusive
     * @param to inclusive
     */
    public boolean areAll(long from, long to) {
        TableRecord table = state.table(ClusterTable.NAME);
        if (table == null || to - from >= ENTRIES_MAX) {
            return from > to;
        }
        for (long index = from; index <= to; index++) {
            Auditor.Entry entry = journal.read(index);
            if (entry == null || !isNote(entry, table.id())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNote(Auditor.Entry entry, int table) {
        return entry.bytes() == null // The engine's own: nothing of the state.
                || JournalCodec.decodeEntry(entry.bytes()).batch().transactions().stream()
                        .allMatch(transaction -> isNote(transaction, table));
    }

    private static boolean isNote(JournalTransaction transaction, int table) {
        return transaction instanceof JournalTransaction.Resolve
                || (transaction instanceof JournalTransaction.Changes changes
                        && Stream.concat(changes.then().stream(), changes.otherwise().stream())
                                .allMatch(op -> ClusterTable.isOfJobs(op, table)));
    }
}
