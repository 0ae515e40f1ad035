package io.metastore.raft.internal.members;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.snapshot.files.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a member that wants to come in is told.
 *
 * @param refusal why not; null when it may
 * @param cluster id of the cluster
 * @param epoch of the cluster's journal
 * @param members who is in it, where each listens now
 * @param ends where the epochs before ended, as far as is recorded; empty from builds that do not tell
 */
public record JoinAnswer(
        @Nullable Refusal refusal, UUID cluster, long epoch, List<GroupMember> members, List<EpochEnd> ends) {

    /** What an incarnation is told that was a member, or was to become one, and was taken out. */
    public static final Reason FORMER = Reason.UNKNOWN_MEMBER;

    private static final UUID NONE = new UUID(0, 0);

    public JoinAnswer {
        members = List.copyOf(members);
        ends = List.copyOf(ends);
    }

    public static JoinAnswer accepted(UUID cluster, long epoch, List<GroupMember> members, List<EpochEnd> ends) {
        return new JoinAnswer(null, cluster, epoch, members, ends);
    }

    public static JoinAnswer refused(Reason reason, String message) {
        return new JoinAnswer(new Refusal(reason, message), NONE, 0, List.of(), List.of());
    }

    /** Whether asking again may help without anybody doing something. */
    public boolean isTemporary() {
        return refusal != null
                && (refusal.reason() == Reason.NO_LEADER
                        || refusal.reason() == Reason.CHANGE_IN_PROGRESS
                        || refusal.reason() == Reason.NOT_A_MEMBER
                        || refusal.reason() == Reason.NOT_CAUGHT_UP
                        || refusal.reason() == Reason.QUORUM_WOULD_BE_LOST);
    }

    /** Throws the refusal, if it is one. */
    public JoinAnswer orThrow() {
        if (refusal != null) {
            throw new MembershipRefusedException(refusal.reason(), refusal.message());
        }
        return this;
    }

    public byte[] encode() {
        MemberFacts facts = MemberFacts.of().with("cluster", cluster).with("epoch", epoch);
        if (refusal != null) {
            facts.with("refused", refusal.reason()).with("message", refusal.message());
        }
        int number = 0;
        for (GroupMember member : members) {
            facts.with("member." + number++, member.id() + " " + member.address() + " " + member.voter());
        }
        int end = 0;
        for (EpochEnd each : ends) {
            facts.with("end." + end++, each.line());
        }
        return facts.with("members", number).encode();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException the bytes are none
     */
    public static JoinAnswer decode(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        List<GroupMember> members = new ArrayList<>();
        for (int number = 0; number < facts.number("members"); number++) {
            String[] words = facts.text("member." + number).split(" ", -1);
            if (words.length != 3) {
                throw new IllegalArgumentException("expected id, address, vote: " + facts.text("member." + number));
            }
            members.add(new GroupMember(words[0], words[1], Boolean.parseBoolean(words[2])));
        }
        List<EpochEnd> ends = new ArrayList<>();
        for (int number = 0; facts.has("end." + number); number++) {
            ends.add(EpochEnd.of(facts.text("end." + number)));
        }
        Refusal refusal =
                facts.has("refused") ? new Refusal(Reason.valueOf(facts.text("refused")), facts.text("message")) : null;
        return new JoinAnswer(refusal, UUID.fromString(facts.text("cluster")), facts.number("epoch"), members, ends);
    }
}
