package io.metastore.raft.internal.node;

import io.metastore.raft.internal.members.MemberId;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Who is in the cluster, seen from one member. Immutable; what read barriers ask is worked out once. */
public final class Peers {

    private final String self;
    private final List<Membership.Member> members;
    private final List<Membership.Member> others;
    private final List<Membership.Member> otherVoters;
    private final List<Voter> confirming;
    private final Map<String, Membership.Member> byName;
    private final int voters;

    /**
     * The members of a cluster.
     *
     * @param self this member's name
     * @param members all members, this one included
     */
    public Peers(String self, List<Membership.Member> members) {
        this.self = self;
        this.members = List.copyOf(members);
        this.others =
                members.stream().filter(member -> !member.name().equals(self)).toList();
        this.otherVoters = others.stream().filter(Peers::isVoter).toList();
        this.confirming = otherVoters.stream()
                .map(voter -> new Voter(voter.address(), voter.id().getBytes(StandardCharsets.UTF_8)))
                .toList();
        this.byName = members.stream().collect(Collectors.toMap(Membership.Member::name, Function.identity()));
        this.voters = (int) members.stream().filter(Peers::isVoter).count();
    }

    /** What a read barrier needs of another voter: where it listens, and its id. */
    @SuppressWarnings("ArrayRecordComponent")
    record Voter(String address, byte[] id) {}

    /** The other voters, to be asked for their terms. */
    List<Voter> confirming() {
        return confirming;
    }

    private static boolean isVoter(Membership.Member member) {
        return member.role() == MemberRole.VOTER;
    }

    public String self() {
        return self;
    }

    public List<Membership.Member> members() {
        return members;
    }

    List<Membership.Member> others() {
        return others;
    }

    List<Membership.Member> otherVoters() {
        return otherVoters;
    }

    /** Whether this member has a vote. */
    boolean votes() {
        Membership.Member own = byName.get(self);
        return own != null && isVoter(own);
    }

    /** How many members have a vote. */
    public int voters() {
        return voters;
    }

    /** How many voters are more than half of them. */
    int majority() {
        return voters / 2 + 1;
    }

    /** Whether this very incarnation is among them; one whose incarnation is not known yet counts as it. */
    public boolean contains(MemberId id) {
        return find(id.name())
                .filter(member ->
                        member.incarnation().map(id.incarnation()::equals).orElse(true))
                .isPresent();
    }

    /** The member with this name. */
    public Optional<Membership.Member> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
