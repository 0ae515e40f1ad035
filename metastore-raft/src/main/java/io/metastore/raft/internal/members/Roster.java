package io.metastore.raft.internal.members;

import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The group at one moment, seen from one member.
 *
 * @param configuration who is in it
 * @param leader name of the leader; null when there is none
 * @param last index of the leader's last entry, as far as known
 * @param nearFrom up to where a member has to have the journal to be counted on: see {@link RecentEntries#nearFrom}
 * @param seen by name, what is known of a member that was heard of lately; this member is always among them
 * @param addresses by id, where a member listens that has moved since the configuration was made
 */
public record Roster(
        GroupConfiguration configuration,
        @Nullable String leader,
        long last,
        long nearFrom,
        Map<String, Seen> seen,
        Map<String, String> addresses) {

    /** How many entries a member may be behind and still be counted on: some seconds of work at most. */
    public static final long NEAR_ENTRIES = 1_000;

    /** How long these may be together: that of the longest entries, of 4 MiB each, eight. */
    public static final long NEAR_BYTES = 32L << 20;

    /**
     * A member that answers.
     *
     * @param id its id in the group, empty when it did not tell
     * @param has index up to which it has the journal
     */
    public record Seen(String id, long has) {}

    public Roster {
        seen = Map.copyOf(seen);
        addresses = Map.copyOf(addresses);
    }

    /** Where nobody has moved, and entries are small. */
    Roster(GroupConfiguration configuration, @Nullable String leader, long last, Map<String, Seen> seen) {
        this(configuration, leader, last, last - NEAR_ENTRIES, seen, Map.of());
    }

    /**
     * The same with what the leader itself knows best: the group, and how far the others' journals are.
     *
     * @param ownLast index of the leader's last entry
     */
    public Roster seenByLeader(GroupConfiguration group, long ownLast, List<FollowerProgress> followers) {
        Map<String, Seen> better = new HashMap<>(seen);
        for (FollowerProgress follower : followers) {
            better.computeIfPresent(
                    follower.name(),
                    (name, known) -> known.id().isEmpty() || known.id().equals(follower.id())
                            ? new Seen(follower.id(), follower.matchIndex())
                            : known);
        }
        return new Roster(group, leader, ownLast, Math.max(nearFrom, ownLast - NEAR_ENTRIES), better, addresses);
    }

    /** Where it listens now. */
    public String address(GroupMember member) {
        return addresses.getOrDefault(member.id(), member.address());
    }

    boolean isLeader(String name) {
        return name.equals(leader);
    }

    /** Whether it answers, in the life the group knows it in. */
    public boolean isAlive(GroupMember member) {
        Seen known = seen.get(member.name());
        return known != null && (known.id().isEmpty() || known.id().equals(member.id()));
    }

    boolean isNear(GroupMember member) {
        return isAlive(member) && has(member.name()) >= nearFrom;
    }

    /** -1 for one that does not answer. */
    long has(String name) {
        Seen known = seen.get(name);
        return known == null ? -1 : known.has();
    }

    long behind(String name) {
        return Math.max(0, last - has(name));
    }

    List<GroupMember> voters() {
        return configuration.voters();
    }

    /** As words for a message: {@code 3 voters, 1 down (fe3)}. */
    String voterCount() {
        List<String> down = voters().stream()
                .filter(voter -> !isAlive(voter))
                .map(GroupMember::name)
                .sorted()
                .toList();
        String count = voters().size() + (voters().size() == 1 ? " voter" : " voters");
        return down.isEmpty()
                ? count + ", none down"
                : count + ", " + down.size() + " down (" + down.stream().collect(Collectors.joining(", ")) + ")";
    }
}
