package io.metastore.recovery.internal.reset;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.internal.reset.MemberSeal.Progress;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Seal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Seals the members of other processes that an order names, and lifts that. How far it has come is written into the order, in the directory that goes on: a member
 * that has said that it is sealed is not asked again.
 */
final class MemberSealing {

    private final EpochSuccession target;
    private final MemberSteps steps;

    MemberSealing(EpochSuccession target, MemberSteps steps) {
        this.target = target;
        this.steps = steps;
    }

    /**
     * Seals those that are not yet.
     *
     * @param seal of the directory that goes on, in which the order is written down
     * @throws RecoveryRefusedException as {@link MemberSteps#seal}. {@link Reason#SOURCE_SILENT}: all that was sealed is; otherwise those that were sealed here are
     *     asked to lift that
     */
    void seal(Seal seal) {
        ResetOrder order = written(seal).orElseThrow();
        for (MemberSeal member : order.members()) {
            if (member.progress() != Progress.SEALED) {
                try {
                    Sealing.Promise promise = Sealing.Promise.of(order, seal.next());
                    steps.seal(member, order, promise.of(member.member(), order, target.identity()));
                } catch (RecoveryRefusedException e) {
                    throw e.reason() == Reason.SOURCE_SILENT ? silent(member, e) : refused(seal, member, e);
                }
                order = note(order, member, Progress.SEALED);
            }
        }
    }

    private RecoveryRefusedException silent(MemberSeal member, RecoveryRefusedException e) {
        return new RecoveryRefusedException(
                Reason.SOURCE_SILENT,
                "a member that is to be sealed did not answer: member=" + member.member() + " address="
                        + member.address() + " directory=" + target.root() + " because " + e.getMessage()
                        + "; what was sealed stays so: resume when it answers again, or abort and plan anew without it",
                e);
    }

    /** One that has refused is as it was; the others are to be so too. */
    private RecoveryRefusedException refused(Seal seal, MemberSeal member, RecoveryRefusedException e) {
        ResetOrder order = note(written(seal).orElseThrow(), member, Progress.LIFTED);
        List<String> left = lift(order);
        return new RecoveryRefusedException(
                e.reason(),
                "a member refuses to be sealed: member=" + member.member() + " address=" + member.address()
                        + " because " + e.getMessage()
                        + (left.isEmpty() ? "; nothing is sealed any more" : "; still sealed: " + left),
                e);
    }

    /**
     * Lifts what a recovery of this directory has sealed elsewhere.
     *
     * @param recovery whose seal the directory has, lifted or not
     * @return whether there was anything to lift
     * @throws RecoveryRefusedException {@link Reason#SOURCE_SILENT} one of them does not answer; the others were lifted
     */
    boolean lift(Seal recovery) {
        ResetOrder order = written(recovery).orElse(null);
        if (order == null || order.members().stream().allMatch(each -> each.progress() == Progress.LIFTED)) {
            return false;
        }
        List<String> left = lift(order);
        if (!left.isEmpty()) {
            throw new RecoveryRefusedException(
                    Reason.SOURCE_SILENT,
                    "members of other processes may still be sealed: directory=" + target.root() + " recovery="
                            + order.recovery() + " members=" + left
                            + "; repeat this when they answer, or abort with their directories where they are");
        }
        return true;
    }

    private List<String> lift(ResetOrder first) {
        ResetOrder order = first;
        List<String> left = new ArrayList<>();
        for (MemberSeal member : first.members()) {
            if (member.progress() == Progress.LIFTED) {
                continue;
            }
            try {
                steps.lift(member, order);
                order = note(order, member, Progress.LIFTED);
            } catch (RecoveryRefusedException e) {
                left.add(member.member() + " at " + member.address() + ": " + e.getMessage());
            }
        }
        return left;
    }

    private ResetOrder note(ResetOrder order, MemberSeal member, Progress progress) {
        ResetOrder noted = order.withMembers(order.members().stream()
                .map(each -> each.member().equals(member.member()) ? each.with(progress) : each)
                .toList());
        target.order(OrderFile.encode(noted));
        return noted;
    }

    /** Empty when the directory has the order of another recovery, or none: then it is not the one that was to go on. */
    private Optional<ResetOrder> written(Seal seal) {
        return target.order()
                .map(bytes -> OrderFile.decode(target.orderFile(), bytes))
                .filter(order -> order.recovery().equals(seal.recovery()));
    }
}
