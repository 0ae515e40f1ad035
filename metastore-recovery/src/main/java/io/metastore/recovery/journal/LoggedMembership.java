package io.metastore.recovery.journal;

import io.metastore.api.LogPosition;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The members of the group as an entry of the journal names them.
 *
 * @param position of the entry
 * @param voters after the change, if one is under way
 * @param observers after the change, if one is under way
 * @param oldVoters before the change; empty when none is under way
 * @param oldObservers before the change; empty when none is under way
 */
public record LoggedMembership(
        LogPosition position, List<Peer> voters, List<Peer> observers, List<Peer> oldVoters, List<Peer> oldObservers) {

    /**
     * A member.
     *
     * @param id in the group: name and incarnation
     * @param address where it listened when the entry was written; may be empty
     */
    public record Peer(String id, String address) {}

    public LoggedMembership {
        voters = List.copyOf(voters);
        observers = List.copyOf(observers);
        oldVoters = List.copyOf(oldVoters);
        oldObservers = List.copyOf(oldObservers);
    }

    /** Who decides under it. */
    public Membership membership() {
        return new Membership(position.index(), ids(voters), ids(oldVoters));
    }

    private static Set<String> ids(List<Peer> peers) {
        return peers.stream().map(Peer::id).collect(Collectors.toUnmodifiableSet());
    }
}
