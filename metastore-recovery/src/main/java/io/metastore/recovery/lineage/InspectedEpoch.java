package io.metastore.recovery.lineage;

import io.metastore.api.EpochBeginning;
import io.metastore.recovery.branch.Branch;
import java.util.List;
import java.util.Optional;

/**
 * An epoch of a cluster, as the directories of members know it.
 *
 * @param epoch its number, from 1
 * @param live whether it is the one the member is in
 * @param here whether the directory holds its data
 * @param takenBack whether its recovery was undone
 * @param beginning how it began; empty for the first one, and as long as a member that came into it later has not written down what the cluster recorded
 * @param recorded whether that is in the member's state, and with that in those of all others
 * @param branches entries of this epoch that the cluster went on without, as far as the directories that were given keep them
 */
public record InspectedEpoch(
        long epoch,
        boolean live,
        boolean here,
        boolean takenBack,
        Optional<EpochBeginning> beginning,
        boolean recorded,
        List<Branch> branches) {

    public InspectedEpoch {
        branches = List.copyOf(branches);
    }

    InspectedEpoch with(List<Branch> found) {
        return new InspectedEpoch(epoch, live, here, takenBack, beginning, recorded, found);
    }
}
