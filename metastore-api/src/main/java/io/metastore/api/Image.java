package io.metastore.api;

import java.time.Instant;

/**
 * An image: the whole state at one position, on the disk of one member, complete and proven loadable when it was published. Immutable.
 *
 * @param position last journal entry contained in it; its index names the image
 * @param revision at that position
 * @param fingerprint of the state, 32 hexadecimal digits: images of one position are equal on all members
 * @param created when it was made, by the clock of the member that made it
 * @param provenance how it came to be here, in words: made here, received, imported or dumped
 * @param bytes length of all its files; files that the live state or another image shares are counted in each
 * @param files how many files it has
 */
public record Image(
        LogPosition position,
        Revision revision,
        String fingerprint,
        Instant created,
        String provenance,
        long bytes,
        int files) {

    /** Name of its directory. */
    public String name() {
        return "image." + position.index();
    }
}
