package io.metastore.snapshot.state;

/**
 * A record as it is stored, for comparing two states.
 *
 * @param table number of its table
 * @param record key, value, versions and revisions
 * @param valueDigest digest of the value that the fingerprint counts
 */
public record InspectedRecord(int table, StoredRecord record, long valueDigest) {

    /** Whether the value is the one of which the digest was taken. */
    public boolean valueFits() {
        return Fingerprint.digest(record.value()) == valueDigest;
    }
}
