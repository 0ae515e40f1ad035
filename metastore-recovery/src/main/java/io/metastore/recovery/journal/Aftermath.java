package io.metastore.recovery.journal;

/**
 * What a file of the journal holds behind its first damage.
 *
 * @param content what kind of bytes
 * @param bytes from the damage to the end of the file
 * @param entries that can still be read, with their checksum, wherever they begin; they need not follow each other without a gap
 * @param first index of the first of them; -1 when there are none
 * @param last index of the last of them; -1 when there are none
 */
public record Aftermath(Content content, long bytes, long entries, long first, long last) {

    /** What kind of bytes. */
    public enum Content {
        /** The file ends there. */
        NOTHING,
        /** Only zeros, as a file that was given its length in advance has them. */
        ZEROS,
        /** Bytes in which no entry can be found. */
        GARBAGE,
        /** Entries that can be read, with or without other bytes. */
        ENTRIES
    }

    /** Where no byte follows. */
    public static final Aftermath NOTHING = new Aftermath(Content.NOTHING, 0, 0, -1, -1);

    @Override
    public String toString() {
        return content == Content.ENTRIES
                ? entries + " readable entries " + first + " to " + last + " in " + bytes + " bytes"
                : content + " in " + bytes + " bytes";
    }
}
