package io.metastore.snapshot.state;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;

/**
 * How far a state has come; all of one moment.
 *
 * @param position last entry that was applied or skipped
 * @param revision last revision made
 * @param fingerprintHigh upper half of the fingerprint
 * @param fingerprintLow lower half
 * @param leaderTimeMillis highest leader time seen, milliseconds since 1970
 */
public record AppliedState(
        LogPosition position, Revision revision, long fingerprintHigh, long fingerprintLow, long leaderTimeMillis) {

    /** The empty state. */
    public static final AppliedState NONE = new AppliedState(LogPosition.NONE, Revision.NONE, 0, 0, 0);

    /** The fingerprint as 32 hexadecimal digits: two members at the same position have the same. */
    public String fingerprint() {
        return Fingerprint.text(fingerprintHigh, fingerprintLow);
    }

    AppliedState at(LogPosition newPosition) {
        return new AppliedState(newPosition, revision, fingerprintHigh, fingerprintLow, leaderTimeMillis);
    }
}
