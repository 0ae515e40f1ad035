package io.metastore.recovery.internal.survey;

import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.UndecodableEntryException;

/**
 * Takes from each command what its leader knew to be committed when it wrote it. Whoever holds that entry holds all before it, so what it says is true of this
 * journal, also when the entry itself is committed nowhere. Used by one thread.
 */
public final class HintReader implements EntryVisitor {
    private long highest = -1;
    private long unknown;
    private long firstUnknown = -1;

    @Override
    public void entry(ScannedEntry entry) {
        if (entry.kind() != Kind.COMMAND) {
            return;
        }
        long index = entry.position().index();
        try {
            long hint = JournalCodec.commitIndexOf(entry.payload());
            if (hint < index) { // Nobody knows an entry as committed before it is written.
                highest = Math.max(highest, hint);
            }
        } catch (UndecodableEntryException e) {
            firstUnknown = unknown++ == 0 ? index : firstUnknown;
        }
    }

    /** Highest index that is certainly committed; -1 for none. */
    public long highest() {
        return highest;
    }

    /** How many commands this build cannot read; they prove nothing. */
    public long unknown() {
        return unknown;
    }

    /** Index of the first of these. */
    public long firstUnknown() {
        return firstUnknown;
    }
}
