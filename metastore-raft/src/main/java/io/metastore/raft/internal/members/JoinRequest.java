package io.metastore.raft.internal.members;

import java.util.Optional;
import java.util.UUID;

/**
 * What a member that wants to come in says of itself.
 *
 * @param id who it is
 * @param address where it listens
 * @param votes whether it asks for a vote
 * @param takesPlace whether it wants the place of a member of its name that does not answer any more
 * @param tokenDigest of the secret it was given; the transport between processes has checked it too
 * @param cluster id of the cluster whose data it has; empty when it has none
 * @param left the epoch in which it takes no part any more, and of which it is not let in again; 0 when there is none
 * @param recovery it comes back only into an epoch that this one began, or that came after that; empty for any
 */
public record JoinRequest(
        MemberId id,
        String address,
        boolean votes,
        boolean takesPlace,
        String tokenDigest,
        String cluster,
        long left,
        Optional<UUID> recovery) {

    private static final String LEFT = "left";
    private static final String RECOVERY = "recovery";

    /** Of one that leaves no epoch. */
    public JoinRequest(
            MemberId id, String address, boolean votes, boolean takesPlace, String tokenDigest, String cluster) {
        this(id, address, votes, takesPlace, tokenDigest, cluster, 0, Optional.empty());
    }

    /** The same of one that comes back after a recovery. */
    public JoinRequest leaving(long epoch, Optional<UUID> by) {
        return new JoinRequest(id, address, votes, takesPlace, tokenDigest, cluster, epoch, by);
    }

    public byte[] encode() {
        MemberFacts facts = MemberFacts.of()
                .with("name", id.name())
                .with("incarnation", id.incarnation())
                .with("address", address)
                .with("votes", votes)
                .with("takesPlace", takesPlace)
                .with("token", tokenDigest)
                .with("cluster", cluster);
        if (left > 0) {
            facts.with(LEFT, left);
        }
        recovery.ifPresent(by -> facts.with(RECOVERY, by));
        return facts.encode();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException the bytes are none
     */
    public static JoinRequest decode(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        if (facts.text("name").isEmpty() || facts.text("address").isEmpty()) {
            throw new IllegalArgumentException("a request to join must name member and address: " + facts);
        }
        return new JoinRequest(
                new MemberId(facts.text("name"), UUID.fromString(facts.text("incarnation"))),
                facts.text("address"),
                facts.flag("votes"),
                facts.flag("takesPlace"),
                facts.text("token"),
                facts.text("cluster"),
                facts.has(LEFT) ? facts.number(LEFT) : 0,
                facts.has(RECOVERY) ? Optional.of(UUID.fromString(facts.text(RECOVERY))) : Optional.empty());
    }
}
