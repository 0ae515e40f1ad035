package io.metastore.recovery.survey;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.nio.file.Path;

/**
 * A state as it is on disk. That of a member in use has gone on from there in memory.
 *
 * @param directory it is in
 * @param position last entry contained in it, which is committed
 * @param revision at that position
 * @param fingerprint at that position: two members have the same, or one of them is wrong
 * @param verified whether every block and record was read, and the fingerprint computed from them
 */
public record StateFacts(
        Path directory, LogPosition position, Revision revision, String fingerprint, boolean verified) {}
