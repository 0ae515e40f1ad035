package io.metastore.recovery.survey;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a copy was found.
 *
 * @param kind what was looked at
 * @param path of the directory or file, on the host where it was looked at; empty for a member that did not tell
 * @param label for people, such as the host and what happened to it; the path or address where none was given
 * @param address where the member was asked; for that kind only
 */
public record CopyOrigin(Kind kind, Path path, String label, Optional<String> address) {

    public CopyOrigin {
        if (address.isPresent() != (kind == Kind.MEMBER)) {
            throw new IllegalArgumentException(
                    "an address is where a member was asked: kind=" + kind + " address=" + address.orElse("none"));
        }
    }

    /** Something on this host. */
    public CopyOrigin(Kind kind, Path path, String label) {
        this(kind, path, label, Optional.empty());
    }

    /** What was looked at. */
    public enum Kind {
        /** A member's own directory as it left it, on its own disk or on that disk mounted elsewhere. */
        DIRECTORY,
        /** The directory of a member whose store is open in this process. */
        STORE,
        /** The directory of a member of another process, which looked at it itself. */
        MEMBER,
        /** An older copy of a member's directory. */
        BACKUP,
        /** The directory of one image. */
        IMAGE,
        /** A file with one exported image. */
        ARCHIVE
    }

    /** Whether it is what a member has on its own disk, and no copy of that. */
    public boolean isOwn() {
        return kind == Kind.DIRECTORY || kind == Kind.STORE || kind == Kind.MEMBER;
    }

    @Override
    public String toString() {
        return label;
    }
}
