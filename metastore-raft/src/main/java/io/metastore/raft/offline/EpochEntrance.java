package io.metastore.raft.offline;

import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.Membership;
import java.util.List;

/**
 * What a member that was left behind does with its directory when it is let in again: what it alone has becomes a branch, then the epoch of the others becomes the live
 * one, in which it is another incarnation with nothing. Cut off at any point the directory is of the old epoch, sealed, or of the new one; the branch is kept before
 * anybody can take the journal for done with.
 */
public final class EpochEntrance {

    private EpochEntrance() {}

    /**
     * Carries it out; durable when it returns, to be repeated when it was cut off.
     *
     * @param succession the directory, sealed in an epoch that has ended
     * @param next who the member is in the other epoch
     * @param entered who is in it
     * @param ends of epochs, as those know who went on
     * @return what was kept of what it alone has, in words; empty when there was nothing
     * @throws io.metastore.api.DirectoryUnusableException the disk refused
     */
    public static String run(EpochSuccession succession, Identity next, Membership entered, List<EpochEnd> ends) {
        String kept = BranchAtReturn.of(succession, ends);
        succession.adopt(next, entered);
        return kept;
    }
}
