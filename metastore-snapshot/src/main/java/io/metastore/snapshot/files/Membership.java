package io.metastore.snapshot.files;

import io.metastore.api.MemberAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Our own copy of who is in the cluster, as last seen in the journal.
 *
 * @param epoch of the journal it was seen in; from 1
 * @param formed whether the cluster has formed: from the moment this is durable a missing journal means that data is lost, so it must be durable
 *     before the first write is acknowledged. Never goes back within an epoch
 * @param index where in the journal it was seen; -1 when it was given, not seen. Before the cluster has formed, that of the image it begins with
 * @param members sorted by name; names and addresses are unique
 */
public record Membership(long epoch, boolean formed, long index, List<Member> members) {

    private static final String UNKNOWN_INCARNATION = "unknown";

    /**
     * One member.
     *
     * @param address {@link Identity#NO_ADDRESS} for the port-less single member
     * @param incarnation empty while it has not told
     */
    public record Member(String name, String address, MemberRole role, Optional<UUID> incarnation) {
        public Member {
            checkMember(name, address);
        }

        /** Its id in the journal's group: {@code name@incarnation}, or the name while the incarnation is not known. */
        public String id() {
            return incarnation.map(known -> name + "@" + known).orElse(name);
        }

        /** As it is written down: name, address, role, incarnation or {@code unknown}. */
        public String line() {
            return name + " " + address + " " + role.text() + " "
                    + incarnation.map(UUID::toString).orElse(UNKNOWN_INCARNATION);
        }

        /**
         * The inverse of {@link #line}.
         *
         * @throws IllegalArgumentException it is none
         */
        public static Member of(String line) {
            String[] words = line.split(" ", -1);
            if (words.length != 4) {
                throw new IllegalArgumentException("expected name, address, role, incarnation: '" + line + "'");
            }
            Optional<UUID> incarnation = Optional.of(words[3])
                    .filter(text -> !text.equals(UNKNOWN_INCARNATION))
                    .map(UUID::fromString);
            return new Member(words[0], words[1], MemberRole.of(words[2]), incarnation);
        }
    }

    public Membership {
        members = members.stream().sorted(Comparator.comparing(Member::name)).toList();
        if (epoch < 1 || index < -1 || members.isEmpty()) {
            throw new IllegalArgumentException("invalid membership: epoch=" + epoch + " index=" + index + " members="
                    + members.size() + "; expected epoch >= 1, index >= -1 and at least one member");
        }
        Set<String> seen = new HashSet<>();
        for (Member member : members) {
            if (!seen.add("name " + member.name()) || !seen.add("address " + member.address())) {
                throw new IllegalArgumentException("two members have one name or one address: member=" + member.name()
                        + " address=" + member.address());
            }
        }
    }

    /** The members of a cluster that is to form: epoch 1, not formed. The incarnation of {@code self} is known if it is among them. */
    public static Membership bootstrap(Collection<MemberAddress> members, Identity self) {
        List<Member> listed = members.stream()
                .map(member -> new Member(
                        member.name(),
                        member.address(),
                        MemberRole.of(member.observer()),
                        Optional.of(self.incarnation())
                                .filter(own -> member.name().equals(self.memberName()))))
                .toList();
        return new Membership(1, false, -1, listed);
    }

    /** One member alone: epoch 1, not formed. */
    public static Membership alone(Identity self) {
        Member member = new Member(self.memberName(), self.address(), self.role(), Optional.of(self.incarnation()));
        return new Membership(1, false, -1, List.of(member));
    }

    /** The same for a cluster that is to begin with an image: without it, a start would begin with nothing. */
    public Membership beginningAt(long image) {
        return new Membership(epoch, formed, image, members);
    }

    /** Index of the image that the cluster begins with; -1 when it begins with nothing, or has formed. */
    public long beginsAt() {
        return formed ? -1 : index;
    }

    /** The same, formed. */
    public Membership asFormed() {
        return new Membership(epoch, true, index, members);
    }

    public Optional<Member> member(String name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    static void checkMember(String name, String address) {
        MemberAddress checked = new MemberAddress(name, address, false);
        if (!checked.address().matches("[!-~]{1,255}")) {
            throw new IllegalArgumentException("member address must be printable ASCII without spaces: member=" + name
                    + " address='" + address + "'");
        }
    }
}
