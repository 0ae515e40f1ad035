package io.metastore.recovery.survey;

import java.nio.file.Path;

/**
 * Something in a copy that is not as it should be, or that could not be looked at.
 *
 * @param kind what it concerns
 * @param path the file or directory
 * @param what expected and found, for people
 */
public record Finding(Kind kind, Path path, String what) {

    /** What a finding concerns. */
    public enum Kind {
        /** There is nothing of a member: a wrong path, a disk that is not mounted, or one that was emptied. */
        NOTHING(true),
        /** A member elsewhere that could not be asked. That says nothing about whether it runs. */
        SILENT(true),
        /** Whose copy it is. */
        IDENTITY(true),
        /** Entries of the journal: some may be missing. */
        JOURNAL(true),
        /** Term and vote. */
        VOTE(true),
        /** What a crash leaves behind in the file that is being written; nobody was told that it is safe. */
        TORN_TAIL(false),
        /** Entries that this build cannot read, whole otherwise. */
        FORMAT(false),
        /** A copy of the membership beside the journal. */
        MEMBERSHIP(false),
        /** The live state; the journal and an image make another. */
        STATE(false),
        /** An image. */
        IMAGE(false),
        /** Data of another epoch, or of another cluster, beside. */
        FOREIGN(false),
        /** A recovery has been begun with it: nothing is wrong with what it holds. */
        SEALED(false);

        private final boolean mayHideEntries;

        Kind(boolean mayHideEntries) {
            this.mayHideEntries = mayHideEntries;
        }

        /** Whether the copy may therefore lack something that its member acknowledged. */
        public boolean mayHideEntries() {
            return mayHideEntries;
        }
    }

    /** As {@code KIND path: what}. */
    @Override
    public String toString() {
        return kind + " " + path + ": " + what;
    }
}
