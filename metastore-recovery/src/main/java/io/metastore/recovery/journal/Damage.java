package io.metastore.recovery.journal;

import java.nio.file.Path;

/**
 * The first thing in a file of the journal that is not as it should be. What is before it is intact.
 *
 * @param kind what it is
 * @param file where it is
 * @param offset of its first byte in the file; the length of the file when something is missing at its end
 * @param found what was expected and what was found, for people
 * @param aftermath what the file holds behind it
 */
public record Damage(Kind kind, Path file, long offset, String found, Aftermath aftermath) {

    /** What can be wrong. */
    public enum Kind {
        /**
         * The last bytes of the file that is being written make no entry, and nothing readable follows: what a crash leaves of an entry that was not forced,
         * so nobody was told that it is safe. A disk that damaged the last forced entry looks the same.
         */
        TORN_TAIL,
        /** The file does not begin as such a file does. */
        BAD_HEADER,
        /** A length that no entry has. */
        LENGTH_OUT_OF_RANGE,
        /** The file ends inside an entry. */
        TRUNCATED_ENTRY,
        /** The bytes of an entry are not those that were written. */
        CHECKSUM,
        /** An entry with a right checksum that is not understood: written by something else, or by a newer version. */
        UNDECODABLE,
        /** An entry does not have the index after that of the entry before it. */
        INDEX_GAP,
        /** An entry has a lower term than the one before it. */
        TERM_FALLS,
        /** Bytes behind the end of the entries, where only zeros may be. */
        DATA_AFTER_END,
        /** The name of the file promises other entries than there are: it was shortened, or renamed. */
        NAME_DIFFERS,
        /** Entries between this file and the one before it are missing. */
        HOLE,
        /** This file and the one before it both hold some entries. */
        OVERLAP,
        /** The disk failed to read what is there. */
        UNREADABLE
    }

    /** Whether a crash without any fault explains it. */
    public boolean normalAfterCrash() {
        return kind == Kind.TORN_TAIL;
    }

    /** As {@code kind file=… offset=… found…}. */
    @Override
    public String toString() {
        return kind + ": file=" + file + " offset=" + offset + " " + found + " behind it: " + aftermath;
    }
}
