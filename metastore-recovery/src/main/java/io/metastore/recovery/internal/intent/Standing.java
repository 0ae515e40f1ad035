package io.metastore.recovery.internal.intent;

import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Seal;
import java.util.Optional;
import java.util.UUID;

/**
 * Whether the moment of an intent has passed. What was carried out, given up or overtaken is never carried out again, wherever the file comes from: every test here is
 * about the directory, in which a recovery leaves its number and its name for good, and none is about time.
 *
 * <p>One thing cannot be told: a directory that was put back as a whole, with the intent and as it was before, is as it was before.
 */
final class Standing {

    private Standing() {}

    /** As an intent names it. */
    static String member(EpochSuccession succession) {
        return succession.identity().memberName() + "@" + succession.identity().incarnation();
    }

    /** Whether it was written for this directory. */
    static boolean isOf(EpochSuccession succession, Intent intent) {
        return succession.identity().clusterId().equals(intent.order().cluster())
                && member(succession).equals(intent.member());
    }

    /** Whether it was begun here and has not come to an end. */
    static boolean isUnderWay(EpochSuccession succession, Intent intent) {
        UUID recovery = intent.order().recovery();
        return succession
                .seal()
                .filter(seal -> seal.recovery().equals(recovery)
                        && seal.forbids(intent.order().epoch()))
                .filter(seal -> succession.epoch() == intent.order().epoch())
                .isPresent();
    }

    /** Why there is nothing to carry out any more, in words; empty when there may be. */
    static Optional<String> over(EpochSuccession succession, Intent intent) {
        ResetOrder order = intent.order();
        if (!succession.identity().clusterId().equals(order.cluster())) {
            return Optional.empty(); // Of another cluster: of that nothing is known here.
        }
        if (succession
                .genesis()
                .filter(live -> live.recovery().equals(order.recovery()))
                .isPresent()) {
            return Optional.of("it was carried out: epoch=" + succession.epoch());
        }
        if (succession.isSpent(order.recovery())) {
            return Optional.of("it was carried out or taken away before");
        }
        if (succession.epoch() > order.epoch()) {
            return Optional.of("it is about epoch " + order.epoch() + ", which has ended: epoch=" + succession.epoch());
        }
        if (isUnderWay(succession, intent)) {
            return Optional.empty();
        }
        if (succession.unusedEpoch() > order.nextMin()) {
            Seal seal = succession.seal().orElseThrow();
            return Optional.of("a recovery was begun since it was written: recovery=" + seal.recovery() + " state="
                    + seal.state() + " since=" + seal.since());
        }
        return Optional.empty();
    }
}
