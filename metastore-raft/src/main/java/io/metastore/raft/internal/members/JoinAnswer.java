package io.metastore.raft.internal.members;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.raft.internal.engine.GroupMember;
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
 */
public record JoinAnswer(@Nullable Refusal refusal, UUID cluster, long epoch, List<GroupMember> members) {

    /** What an incarnation is told that was a member, or was to become one, and was taken out. */
    public static final Reason FORMER = Reason.UNKNOWN_MEMBER;

    private static final UUID NONE = new UUID(0, 0);

    public JoinAnswer {
        members = List.copyOf(members);
    }

    public static JoinAnswer accepted(UUID cluster, long epoch, List<GroupMember> members) {
        return new JoinAnswer(null, cluster, epoch, members);
    }

    public static JoinAnswer refused(Reason reason, String message) {
        return new JoinAnswer(new Refusal(reason, message), NONE, 0, List.of());
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
        Refusal refusal =
                facts.has("refused") ? new Refusal(Reason.valueOf(facts.text("refused")), facts.text("message")) : null;
        return new JoinAnswer(refusal, UUID.fromString(facts.text("cluster")), facts.number("epoch"), members);
    }
}
