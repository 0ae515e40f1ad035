package io.metastore.snapshot.files;

import io.metastore.api.MemberAddress;
import java.time.Instant;
import java.util.UUID;

/**
 * Who a member directory belongs to.
 *
 * @param clusterId never changes
 * @param tokenDigest of the cluster's shared secret, or {@link ClusterIds#NO_TOKEN}; never changes
 * @param created when the directory was initialised; never changes
 * @param memberName unique in the cluster; {@link #SINGLE_NAME} for the port-less single member
 * @param incarnation this copy of the member; a member that lost its data comes back under another one
 * @param role as last told by the cluster
 * @param startedAs as asked for when the directory was initialised, so that settings which still say so stay good after a promotion
 * @param address where it listens; {@link #NO_ADDRESS} for the port-less single member, and only for that
 */
public record Identity(
        UUID clusterId,
        String tokenDigest,
        Instant created,
        String memberName,
        UUID incarnation,
        MemberRole role,
        MemberRole startedAs,
        String address) {

    public static final String SINGLE_NAME = "single";
    public static final String NO_ADDRESS = "-";

    public Identity {
        ClusterIds.checkTokenDigest(tokenDigest);
        Membership.checkMember(memberName, address);
        if (address.equals(NO_ADDRESS) && (!memberName.equals(SINGLE_NAME) || role != MemberRole.VOTER)) {
            throw new IllegalArgumentException(
                    "only the single member is without an address: member=" + memberName + " role=" + role.text());
        }
    }

    /** The port-less single member of a new cluster, under random ids. */
    public static Identity single(Instant created) {
        return new Identity(
                UUID.randomUUID(),
                ClusterIds.NO_TOKEN,
                created,
                SINGLE_NAME,
                UUID.randomUUID(),
                MemberRole.VOTER,
                MemberRole.VOTER,
                NO_ADDRESS);
    }

    /** A member of a cluster, as a new incarnation. */
    public static Identity member(UUID clusterId, String tokenDigest, Instant created, MemberAddress member) {
        MemberRole role = MemberRole.of(member.observer());
        return new Identity(
                clusterId, tokenDigest, created, member.name(), UUID.randomUUID(), role, role, member.address());
    }

    /**
     * A member that enters a cluster that is there: without a vote until the cluster gives it one.
     *
     * @param member as it was started
     * @param incarnation under which the cluster lets it in
     */
    public static Identity joining(
            UUID clusterId, String tokenDigest, Instant created, MemberAddress member, UUID incarnation) {
        return new Identity(
                clusterId,
                tokenDigest,
                created,
                member.name(),
                incarnation,
                MemberRole.OBSERVER,
                MemberRole.of(member.observer()),
                member.address());
    }

    /** The same member in another life of its directory, without a vote until the cluster gives it one. */
    public Identity anew(UUID newIncarnation) {
        return new Identity(
                clusterId, tokenDigest, created, memberName, newIncarnation, MemberRole.OBSERVER, startedAs, address);
    }

    /** Whether this is the port-less single member. */
    public boolean single() {
        return address.equals(NO_ADDRESS);
    }

    Identity withToken(String newTokenDigest) {
        return new Identity(clusterId, newTokenDigest, created, memberName, incarnation, role, startedAs, address);
    }

    /** The port-less single member under a name and an address. The same incarnation: it has all it has acknowledged. */
    public Identity named(MemberAddress member) {
        return new Identity(
                clusterId,
                tokenDigest,
                created,
                member.name(),
                incarnation,
                MemberRole.VOTER,
                MemberRole.VOTER,
                member.address());
    }

    public Identity withRole(MemberRole newRole) {
        return new Identity(clusterId, tokenDigest, created, memberName, incarnation, newRole, startedAs, address);
    }

    public Identity withAddress(String newAddress) {
        return new Identity(clusterId, tokenDigest, created, memberName, incarnation, role, startedAs, newAddress);
    }
}
