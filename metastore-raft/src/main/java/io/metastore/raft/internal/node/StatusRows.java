package io.metastore.raft.internal.node;

import io.metastore.api.MemberStatus;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One row of the status for each member: what it answers now, else what it told last, and what the membership says of it. */
final class StatusRows {

    private final Members members;
    private final Hearsay hearsay;
    private final AppliedHistory history;

    StatusRows(Members members, Hearsay hearsay, AppliedHistory history) {
        this.members = members;
        this.hearsay = hearsay;
        this.history = history;
    }

    /** Voters first, then by name. */
    List<MemberStatus> of(Map<String, MemberFacts> answers) {
        long highest = answers.values().stream()
                .mapToLong(facts -> facts.number("applied"))
                .max()
                .orElse(-1);
        List<MemberStatus> rows = new ArrayList<>();
        for (Membership.Member member : sorted()) {
            rows.add(row(member, answers.get(member.name()), highest));
        }
        return rows;
    }

    private List<Membership.Member> sorted() {
        Peers peers = members.peers();
        Stream<Membership.Member> all = peers.find(members.self()).isPresent()
                ? peers.members().stream()
                : Stream.concat(peers.members().stream(), Stream.of(members.asMember()));
        return all.sorted(Comparator.comparing(Membership.Member::role).thenComparing(Membership.Member::name))
                .toList();
    }

    private MemberStatus row(Membership.Member member, @Nullable MemberFacts answer, long highest) {
        Hearsay.Heard before = hearsay.last(member.name());
        MemberFacts facts = answer != null ? answer : before != null ? before.facts() : MemberFacts.of();
        long applied = facts.number("applied");
        return new MemberStatus(
                member.name(),
                answer != null ? role(member, role(facts.text("role"))) : roleOfSilent(member),
                members.peers().find(member.name()).isPresent(),
                answer != null,
                answer != null ? Duration.ZERO : ago(before),
                facts.number("term"),
                applied,
                applied < 0 || highest < 0 ? -1 : highest - applied,
                lagTime(applied, highest),
                facts.number("revision"),
                facts.number("image"),
                imageAge(facts, answer != null ? Duration.ZERO : ago(before)),
                facts.number("journal"),
                address(member),
                facts.text("version").isEmpty() ? "-" : facts.text("version"),
                facts.text("fingerprint"),
                member.incarnation().map(MemberId::brief).orElse(""),
                facts.has("opened") ? Instant.parse(facts.text("opened")) : null,
                facts.text("error"));
    }

    /** This member knows best where it is, before it has looked at the group again. */
    private String address(Membership.Member member) {
        boolean self =
                member.name().equals(members.self()) && !members.address().isEmpty();
        return self ? members.address() : member.address();
    }

    /** How long ago this member had applied as little as the other one has now; null when that is not known. */
    private @Nullable Duration lagTime(long applied, long highest) {
        if (applied < 0 || highest < 0) {
            return null;
        }
        return applied >= highest ? Duration.ZERO : history.ago(applied, System.nanoTime());
    }

    /** Whether it has a vote is what the membership says, which the member itself may not have heard yet. */
    private static MemberStatus.Role role(Membership.Member member, MemberStatus.Role told) {
        return switch (told) {
            case OBSERVER, FOLLOWER, CANDIDATE ->
                (told == MemberStatus.Role.OBSERVER) == (member.role() == MemberRole.OBSERVER)
                        ? told
                        : roleOfSilent(member);
            default -> told;
        };
    }

    private static MemberStatus.Role roleOfSilent(Membership.Member member) {
        return member.role() == MemberRole.OBSERVER ? MemberStatus.Role.OBSERVER : MemberStatus.Role.VOTER;
    }

    /** As it was told, and as much older as that is ago. */
    private static @Nullable Duration imageAge(MemberFacts facts, @Nullable Duration silence) {
        long millis = facts.number("imageAge");
        return millis < 0 || silence == null ? null : Duration.ofMillis(millis).plus(silence);
    }

    /** As another member told it, of another build perhaps. */
    private static MemberStatus.Role role(String told) {
        for (MemberStatus.Role role : MemberStatus.Role.values()) {
            if (role.name().equalsIgnoreCase(told)) {
                return role;
            }
        }
        return MemberStatus.Role.UNKNOWN;
    }

    private static @Nullable Duration ago(Hearsay.@Nullable Heard before) {
        return before == null ? null : before.ago();
    }
}
