package io.metastore.recovery.internal.reset;

import io.metastore.api.LogPosition;

/**
 * What is fetched from a member of another process before anything is sealed.
 *
 * @param address where it listens
 * @param member as {@code name@incarnation}
 * @param behind an entry that the directory which goes on has in its state or an image, and that the journal must go on behind; {@link LogPosition#NONE} when it must
 *     begin with the first entry
 * @param image whether what it goes on behind is an image of that member, which is fetched too
 * @param last what the last entry must be
 */
public record MemberFetch(String address, String member, LogPosition behind, boolean image, LogPosition last) {

    /** As it is asked for. */
    long imageIndex() {
        return image ? behind.index() : -1;
    }
}
