package io.metastore.recovery.internal.journal;

import io.metastore.recovery.journal.Aftermath;
import io.metastore.recovery.journal.Aftermath.Content;
import java.io.IOException;

/**
 * Looks for entries behind a damage. One is taken for readable when its checksum is right and its index is not below the one that is missing; bytes in the
 * payload of a damaged entry that look like that are taken for one, too. Used by one thread, once.
 */
final class Resynchronization {
    private final Window window;
    private final EntryReader entry;
    private long lowestIndex;
    private long entries;
    private long first = -1;
    private long last = -1;
    private boolean zerosOnly = true;

    /** @param lowestIndex the index that was expected where the damage is */
    Resynchronization(Window window, EntryReader entry, long lowestIndex) {
        this.window = window;
        this.entry = entry;
        this.lowestIndex = lowestIndex;
    }

    /**
     * What is there.
     *
     * @param from where the damage begins
     * @param follows where the next entry begins if the length of the damaged one can be trusted; when none begins there, one is looked for at every byte
     */
    Aftermath behind(long from, long follows) throws IOException {
        long at = takeFrom(follows);
        for (at = at > follows ? at : from; at < window.fileBytes(); at++) {
            long behind = takeFrom(at);
            zerosOnly &= behind > at || window.available(at, 1) == 0 || window.byteAt(at) == 0;
            at = Math.max(at, behind - 1);
        }
        return new Aftermath(content(from), window.fileBytes() - from, entries, first, last);
    }

    /** Takes the entries that begin at an offset and follow each other; returns the offset behind them. */
    private long takeFrom(long offset) throws IOException {
        long at = offset;
        while (isEntry(at)) {
            take();
            at = entry.next();
        }
        return at;
    }

    private boolean isEntry(long at) throws IOException {
        return at > 0
                && at < window.fileBytes()
                && window.available(at, 1) > 0
                && window.byteAt(at) != 0
                && entry.plausible(at, lowestIndex)
                && entry.read(at) == null;
    }

    private void take() {
        first = first < 0 ? entry.index() : first;
        last = entry.index();
        lowestIndex = last + 1;
        entries++;
    }

    private Content content(long from) {
        if (entries > 0) {
            return Content.ENTRIES;
        }
        if (from >= window.fileBytes()) {
            return Content.NOTHING;
        }
        return zerosOnly ? Content.ZEROS : Content.GARBAGE;
    }
}
