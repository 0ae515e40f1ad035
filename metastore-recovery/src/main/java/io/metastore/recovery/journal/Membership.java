package io.metastore.recovery.journal;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Who decides: the voters of one configuration of the group, by their ids.
 *
 * @param index of the journal entry it comes from; -1 for what the group began with
 * @param voters after the change, if one is under way; not empty
 * @param oldVoters before the change; empty when none is under way
 */
public record Membership(long index, Set<String> voters, Set<String> oldVoters) {

    public Membership {
        voters = Set.copyOf(voters);
        oldVoters = Set.copyOf(oldVoters);
        if (index < -1 || voters.isEmpty()) {
            throw new IllegalArgumentException("invalid membership: index=" + index + " voters=" + voters);
        }
    }

    /** One without a change under way. */
    public static Membership stable(long index, Set<String> voters) {
        return new Membership(index, voters, Set.of());
    }

    /** Whether a change is under way. */
    public boolean joint() {
        return !oldVoters.isEmpty();
    }

    /** The sets of voters of which each has a majority of its own: two while a change is under way, otherwise one. */
    public List<Set<String>> halves() {
        return joint() ? List.of(voters, oldVoters) : List.of(voters);
    }

    /** Whether these members can decide: they are more than half of each half. */
    public boolean decidedBy(Collection<String> members) {
        return halves().stream().allMatch(half -> 2 * count(half, members) > half.size());
    }

    /** How many of the voters are among the members. */
    static long count(Set<String> voters, Collection<String> members) {
        return voters.stream().filter(members::contains).count();
    }

    @Override
    public String toString() {
        return voters.stream().sorted().toList()
                + (joint() ? " instead of " + oldVoters.stream().sorted().toList() : "") + " at index " + index;
    }
}
