package io.metastore.recovery.survey;

import io.metastore.snapshot.files.MemberRole;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose copy it is, as far as it says. Images and exported files belong to a cluster and an epoch, and to no member.
 *
 * @param clusterId the cluster
 * @param store name of the store in it
 * @param epoch how often the cluster had been recovered, from 1
 * @param member name of the member
 * @param incarnation the life of its directory
 * @param role as it was told last
 * @param address where it listened; {@code -} for the port-less single member
 * @param beginnings by which recoveries its epochs began, as far as it says, ascending; none for a cluster that never was recovered
 */
public record CopyIdentity(
        Optional<UUID> clusterId,
        String store,
        Optional<Long> epoch,
        Optional<String> member,
        Optional<UUID> incarnation,
        Optional<MemberRole> role,
        Optional<String> address,
        List<Beginning> beginnings) {

    public CopyIdentity {
        beginnings = List.copyOf(beginnings);
    }
}
