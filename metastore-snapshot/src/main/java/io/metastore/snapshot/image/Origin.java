package io.metastore.snapshot.image;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.time.Instant;
import java.util.UUID;

/**
 * Where the state of an imported store came from; carried from image to image.
 *
 * @param clusterId the cluster it was exported from
 * @param epoch of that cluster
 * @param position in that cluster's journal
 * @param revision at that position; revisions go on from there
 * @param imported when
 */
public record Origin(UUID clusterId, long epoch, LogPosition position, Revision revision, Instant imported) {}
