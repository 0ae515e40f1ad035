package io.metastore.raft.internal.members;

import java.util.Optional;

/**
 * What the loss of one more voter, with its disk, would mean while some are down already: whether writes would end, and what a recovery from the voters that are left
 * could then say about what was acknowledged.
 *
 * @param voters all of them
 * @param up those that answer now
 * @param provable whether the missing ones would be too few to have acknowledged anything among themselves; then a recovery proves that nothing is lost
 */
public record NextLoss(int voters, int up, boolean provable) {

    /**
     * Looks at a cluster.
     *
     * @return empty while it can lose one more and write on, and for one that never could
     */
    public static Optional<NextLoss> of(int voters, int up) {
        int majority = voters / 2 + 1;
        boolean endsWrites = up >= majority && up - 1 < majority;
        int missing = voters - up + 1;
        return voters < 2 || !endsWrites ? Optional.empty() : Optional.of(new NextLoss(voters, up, missing < majority));
    }

    /** For people. */
    public String text() {
        return "the loss of one more voter ends writes: voters=" + voters + " up=" + up
                + "; a recovery from the others would then be "
                + (provable
                        ? "PROVEN_NONE: nothing acknowledged is lost"
                        : "UNBOUNDED: acknowledged writes may be lost, unless a disk of the missing ones is found");
    }
}
