package io.metastore.raft.internal.transfer;

import java.time.Duration;

/**
 * One image on its way to one member, as its sender sees it.
 *
 * @param sentBytes so far; more than the image has when pieces had to be sent again
 * @param imageBytes of the whole image
 * @param idle since the last piece
 */
public record ImageSending(String receiver, long index, long sentBytes, long imageBytes, Duration idle) {}
