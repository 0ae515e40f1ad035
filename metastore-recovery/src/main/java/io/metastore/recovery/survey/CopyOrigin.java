package io.metastore.recovery.survey;

import java.nio.file.Path;

/**
 * Where a copy was found.
 *
 * @param kind what was looked at
 * @param path of the directory or file, on the host where it was looked at
 * @param label for people, such as the host and what happened to it; the path where none was given
 */
public record CopyOrigin(Kind kind, Path path, String label) {

    /** What was looked at. */
    public enum Kind {
        /** A member's own directory as it left it, on its own disk or on that disk mounted elsewhere. */
        DIRECTORY,
        /** The directory of a member whose store is open in this process. */
        STORE,
        /** An older copy of a member's directory. */
        BACKUP,
        /** The directory of one image. */
        IMAGE,
        /** A file with one exported image. */
        ARCHIVE
    }

    /** Whether it is what a member has on its own disk, and no copy of that. */
    public boolean isOwn() {
        return kind == Kind.DIRECTORY || kind == Kind.STORE;
    }

    @Override
    public String toString() {
        return label;
    }
}
