package io.metastore.recovery.inspect;

import io.metastore.api.EpochBeginning;
import java.util.Optional;

/**
 * An epoch of a cluster, as the directory of one member knows it.
 *
 * @param epoch its number, from 1
 * @param live whether it is the one the member is in
 * @param here whether the directory holds its data
 * @param takenBack whether its recovery was undone
 * @param beginning how it began; empty for the first one, and as long as a member that came into it later has not written down what the cluster recorded
 * @param recorded whether that is in the member's state, and with that in those of all others
 */
public record InspectedEpoch(
        long epoch,
        boolean live,
        boolean here,
        boolean takenBack,
        Optional<EpochBeginning> beginning,
        boolean recorded) {}
