package io.metastore.snapshot.journal;

import org.jspecify.annotations.Nullable;

/** A condition of a transaction. Tables are named by their registered number. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface JournalCheck {

    /** The key was last written by this revision; 0: it is absent. */
    record KeyUnchanged(int table, byte[] key, long modRevision) implements JournalCheck {}

    /**
     * The range holds the same keys, each last written by the same revision.
     *
     * @param from inclusive
     * @param to exclusive; null for the end of the table
     * @param digest of keys and revisions in ascending order, see {@code RangeDigest}
     */
    record RangeUnchanged(int table, byte[] from, byte @Nullable [] to, long digest) implements JournalCheck {}

    /** The key exists. */
    record Exists(int table, byte[] key) implements JournalCheck {}

    /** The key does not exist. */
    record Absent(int table, byte[] key) implements JournalCheck {}

    /** The key exists with this version. */
    record HasVersion(int table, byte[] key, long version) implements JournalCheck {}
}
