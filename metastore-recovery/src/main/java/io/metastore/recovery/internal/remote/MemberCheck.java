package io.metastore.recovery.internal.remote;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.internal.reset.MemberSeal;
import io.metastore.recovery.internal.reset.ResetOrder;
import java.util.UUID;

/** Looks at the members of other processes that a recovery is to seal, before anything is changed: each must be what it was when it was surveyed. */
public final class MemberCheck {
    private final RemoteSteps steps;

    public MemberCheck(RemoteSteps steps) {
        this.steps = steps;
    }

    /**
     * Looks at all of them; changes nothing.
     *
     * @return the order with a number for the next epoch that none of them has used
     * @throws RecoveryRefusedException as {@link RemoteSteps#look}; {@link Reason#QUORUM_ALIVE}, {@link Reason#CHANGED_SINCE}, {@link Reason#SEALED}
     */
    public ResetOrder upTo(ResetOrder order) {
        long next = order.nextMin();
        for (MemberSeal member : order.members()) {
            next = Math.max(next, unused(member, order));
        }
        return order.as(order.recovery(), next);
    }

    /**
     * The same for an order that is worth nothing any more when one of them has used its number.
     *
     * @throws RecoveryRefusedException as {@link #upTo}
     */
    public void bound(ResetOrder order) {
        for (MemberSeal member : order.members()) {
            long unused = unused(member, order);
            if (unused > order.nextMin()) {
                throw new RecoveryRefusedException(
                        Reason.CHANGED_SINCE,
                        "a recovery was begun since with a member that is to be sealed: member=" + member.member()
                                + " address=" + member.address() + " next=" + unused + " expectedNext="
                                + order.nextMin());
            }
        }
    }

    /** A number that the member's directory has not used; the order's where this very recovery has been there before. */
    private long unused(MemberSeal member, ResetOrder order) {
        MemberLook look = steps.look(member.address(), order.cluster());
        look.leader().ifPresent(leader -> {
            throw MemberLook.quorumAlive(leader, look.member());
        });
        UUID sealedBy = look.sealedBy().orElse(null);
        if (!look.member().equals(member.member()) || look.epoch() != order.epoch()) {
            throw new RecoveryRefusedException(
                    Reason.CHANGED_SINCE,
                    "a member is not what it was when it was surveyed: address=" + member.address() + " member="
                            + look.member() + " epoch=" + look.epoch() + " expected=" + member.member()
                            + " expectedEpoch=" + order.epoch() + "; nothing was changed; survey again");
        }
        if (sealedBy != null && !sealedBy.equals(order.recovery())) {
            throw new RecoveryRefusedException(
                    Reason.SEALED,
                    "a member is part of another recovery: member=" + member.member() + " recovery=" + sealedBy
                            + "; nothing was changed; resume that one or abort it");
        }
        return sealedBy == null ? look.unused() : order.nextMin();
    }
}
