package io.metastore.raft.internal.images;

import java.util.Collection;

/**
 * Keeps the images of the members of a cluster apart. All apply the same entries, so what makes an image due at one makes it due at all of them, and a write would
 * have to wait for a majority of members that are busy with their images. So the first image that a member makes by itself, after it was opened or asked for one,
 * comes earlier by the member's turn; from then on all go on with the same distance.
 */
final class Turn {

    private Turn() {}

    /**
     * What share of the distance between two images is enough for the first one: all of it for the first member by name, and evenly less for those behind it.
     *
     * @param members names of all members, as far as known; self may be missing
     * @return above 0 and up to 1; 1 for a member alone
     */
    static double share(String self, Collection<String> members) {
        long before = members.stream().filter(name -> name.compareTo(self) < 0).count();
        long all = members.contains(self) ? members.size() : members.size() + 1L;
        return (double) (all - before) / all;
    }
}
