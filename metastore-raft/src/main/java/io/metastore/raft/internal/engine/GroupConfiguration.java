package io.metastore.raft.internal.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to the group.
 *
 * @param index of the journal entry it comes from; -1 for what the group began with
 * @param members after the change when one is under way. Names are unique among them
 * @param stable false while a change is under way: decisions then need a majority before and after it
 * @param leaving who belonged to the group before the change that is under way and will not after it; empty when stable. May have the names of members
 */
public record GroupConfiguration(long index, List<GroupMember> members, boolean stable, List<GroupMember> leaving) {

    public GroupConfiguration {
        members = List.copyOf(members);
        leaving = List.copyOf(leaving);
        if (index < -1 || (stable && !leaving.isEmpty())) {
            throw new IllegalArgumentException(
                    "invalid configuration: index=" + index + " stable=" + stable + " leaving=" + leaving);
        }
    }

    /** One that nobody is leaving. */
    public GroupConfiguration(long index, List<GroupMember> members, boolean stable) {
        this(index, members, stable, List.of());
    }

    /** What a member knows that was never told of any: no members. */
    public static GroupConfiguration unknown() {
        return new GroupConfiguration(-1, List.of(), true);
    }

    public List<GroupMember> voters() {
        return members.stream().filter(GroupMember::voter).toList();
    }

    public List<GroupMember> observers() {
        return members.stream().filter(member -> !member.voter()).toList();
    }

    /** The member with this id, not among the leaving; null for none. */
    public @Nullable GroupMember withId(String id) {
        return find(members.stream(), member -> member.id().equals(id));
    }

    /** The member with this name, one that stays before one that leaves; null for none. */
    public @Nullable GroupMember withName(String name) {
        return find(Stream.concat(members.stream(), leaving.stream()), member -> member.name()
                .equals(name));
    }

    private static @Nullable GroupMember find(Stream<GroupMember> among, Predicate<GroupMember> wanted) {
        return among.filter(wanted).findFirst().orElse(null);
    }

    /** Whether both have the same members in the same roles, wherever these listen and wherever the configurations come from. */
    public boolean sameMembers(GroupConfiguration other) {
        return roles(members).equals(roles(other.members)) && roles(leaving).equals(roles(other.leaving));
    }

    private static Map<String, Boolean> roles(List<GroupMember> members) {
        return members.stream().collect(Collectors.toMap(GroupMember::id, GroupMember::voter));
    }
}
