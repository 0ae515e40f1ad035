package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a node that its helpers share: who the others are, how to reach them, and the engine once it runs. Set while opening and when the group has
 * changed, read from any thread.
 */
final class Members {

    /** @param index of the configuration the peers were made from; -2 when they come from elsewhere */
    private record Known(Peers peers, long index) {}

    private static final long ELSEWHERE = -2;

    private volatile Known known;
    private volatile @Nullable Engine engine;
    private volatile String id = "";
    private volatile String address = "";
    private final String process = UUID.randomUUID().toString();
    private final Addresses addresses = new Addresses();
    private final @Nullable Transport transport;

    /** @param transport null for the port-less single member */
    Members(Peers peers, @Nullable Transport transport) {
        this.known = new Known(peers, ELSEWHERE);
        this.transport = transport;
    }

    Peers peers() {
        return known.peers();
    }

    void peers(Peers now) {
        known = new Known(now, ELSEWHERE);
    }

    /** The members as a configuration has them. */
    void peers(Peers now, GroupConfiguration group) {
        known = new Known(now, group.index());
    }

    /** Who has to be asked when this configuration counts; null while it is being changed. */
    @Nullable
    Peers peersOf(GroupConfiguration group) {
        Known last = known;
        if (group.members().isEmpty() || (group.stable() && group.index() == last.index())) {
            return last.peers();
        }
        return group.stable() ? new Peers(self(), asMembers(group)) : null;
    }

    /** The members of a configuration, each where it listens now. */
    List<Membership.Member> asMembers(GroupConfiguration group) {
        return group.members().stream().map(this::asMember).toList();
    }

    /** A member with the address at which it listens now. */
    GroupMember located(GroupMember member) {
        boolean own = member.id().equals(id) && !address.isEmpty();
        return new GroupMember(
                member.id(), own ? address : addresses.of(member.id(), member.address()), member.voter());
    }

    /** By id, where those listen who are not at the address of the configuration any more. */
    Map<String, String> moved(GroupConfiguration group) {
        return group.members().stream()
                .filter(member -> !located(member).equals(member))
                .collect(Collectors.toMap(
                        GroupMember::id, member -> located(member).address()));
    }

    private Membership.Member asMember(GroupMember member) {
        return new Membership.Member(
                member.name(),
                located(member).address(),
                member.voter() ? MemberRole.VOTER : MemberRole.OBSERVER,
                Optional.of(MemberId.parse(member.id()).incarnation()));
    }

    /** This member as it knows itself, for when it is not among the members. */
    Membership.Member asMember() {
        return new Membership.Member(
                self(),
                address.isEmpty() ? Identity.NO_ADDRESS : address,
                MemberRole.OBSERVER,
                Optional.of(MemberId.parse(id).incarnation()));
    }

    String self() {
        return known.peers().self();
    }

    /** This member's id in the group; empty while its directory is not initialised. */
    String id() {
        return id;
    }

    void id(String now) {
        id = now;
    }

    /** Drawn each time a member is opened: two that answer with one id are told apart by it. */
    String process() {
        return process;
    }

    /** Where this member listens; empty for the port-less single member. */
    String address() {
        return address;
    }

    void address(String now) {
        address = now;
    }

    Addresses addresses() {
        return addresses;
    }

    @Nullable
    Engine engine() {
        return engine;
    }

    void engine(@Nullable Engine now) {
        engine = now;
    }

    @Nullable
    Transport transport() {
        return transport;
    }

    /** Whether this member leads and may take entries. */
    boolean leads() {
        Engine now = engine;
        return now != null && now.leaderReady();
    }
}
