package io.metastore.raft.internal.engine;

/**
 * A member of the group as a configuration names it.
 *
 * @param id identity in the group: {@code name@incarnation}, or the name alone. Never reused: a member whose directory was emptied is another one, and
 *     cannot vote as its former self
 * @param address where it listened when the configuration was made; where it listens now is what {@link PeerAddresses} says
 * @param voter false for an observer
 */
public record GroupMember(String id, String address, boolean voter) {
    /** Between name and incarnation in an id; not part of a name. */
    public static final char SEPARATOR = '@';

    public GroupMember {
        if (nameOf(id).isEmpty()) {
            throw new IllegalArgumentException("member must have a name: id=" + id);
        }
    }

    /** A member with a vote. */
    public static GroupMember voter(String id, String address) {
        return new GroupMember(id, address, true);
    }

    /** A member that applies the journal and never votes. */
    public static GroupMember observer(String id, String address) {
        return new GroupMember(id, address, false);
    }

    /** The name in an id. */
    public static String nameOf(String id) {
        int end = id.indexOf(SEPARATOR);
        return end < 0 ? id : id.substring(0, end);
    }

    /** The name, which outlives incarnations. */
    public String name() {
        return nameOf(id);
    }
}
