package io.metastore.recovery.inspect;

import io.metastore.api.LogPosition;
import java.util.Optional;

/**
 * What was found out about a revision: which transaction made it.
 *
 * @param revision that was asked for
 * @param answer whether it was found
 * @param position of the entry whose batch made it; NONE unless found
 * @param transaction its place in the batch, from 0; -1 unless found
 * @param entry that entry; empty when it is not in the journal any more
 * @param how it was found out, or why not, for people
 */
public record RevisionSearch(
        long revision,
        Answer answer,
        LogPosition position,
        int transaction,
        Optional<InspectedEntry> entry,
        String how) {

    /** Whether a revision was found. */
    public enum Answer {
        /** Exactly. */
        FOUND,
        /** It was made by an entry in front of what the journal and the images still have. */
        PURGED,
        /** No entry of the journal makes it. */
        NOT_REACHED,
        /** Nothing here says which entry it was. */
        UNKNOWN
    }

    static RevisionSearch not(Answer answer, long revision, String how) {
        return new RevisionSearch(revision, answer, LogPosition.NONE, -1, Optional.empty(), how);
    }

    /** As {@code revision n: (term, index) transaction ..}. */
    @Override
    public String toString() {
        return "revision " + revision + ": "
                + (answer == Answer.FOUND ? position + " transaction " + transaction : answer) + " (" + how + ")"
                + entry.map(found -> "\n" + found).orElse("");
    }
}
