package io.metastore.raft.internal.members;

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
 */
public record JoinRequest(
        MemberId id, String address, boolean votes, boolean takesPlace, String tokenDigest, String cluster) {

    public byte[] encode() {
        return MemberFacts.of()
                .with("name", id.name())
                .with("incarnation", id.incarnation())
                .with("address", address)
                .with("votes", votes)
                .with("takesPlace", takesPlace)
                .with("token", tokenDigest)
                .with("cluster", cluster)
                .encode();
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
                facts.text("cluster"));
    }
}
