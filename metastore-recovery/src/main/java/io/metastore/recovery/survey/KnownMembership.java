package io.metastore.recovery.survey;

import io.metastore.recovery.journal.LoggedMembership;

/**
 * A membership that a copy knows of.
 *
 * @param origin where it is written
 * @param members its index is that of the journal's entry it comes from; -1 for what the group began with. Its term is 0 where it is not known
 */
public record KnownMembership(Origin origin, LoggedMembership members) {

    /** Where a copy has it from. */
    public enum Origin {
        /** An entry of its journal. */
        JOURNAL,
        /** The copy that the journal's engine keeps of the newest committed one, {@code raft-meta.conf}. */
        ENGINE,
        /** Our own copy of the newest one, {@code membership}. */
        MEMBER,
        /** The manifest of an image. */
        IMAGE
    }

    /** Index of the entry it comes from. */
    public long index() {
        return members.position().index();
    }
}
