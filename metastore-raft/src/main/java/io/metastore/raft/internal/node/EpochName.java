package io.metastore.raft.internal.node;

import io.metastore.api.Revision;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.MemberDirectory;
import java.util.Optional;

/**
 * The epoch that receipts of this member name: that of its directory, also for what is committed before the first entry that says so in the state. So no two epochs
 * give receipts of one name, and behind the tip that an epoch took over there are none of the epoch before.
 *
 * @param epoch of the directory
 * @param behind index of the last entry that it took over; nothing is behind it in the first epoch, and in a directory that came in later
 */
record EpochName(long epoch, long behind) {

    /** Before the directory is known: what the state says. */
    static final EpochName NONE = new EpochName(0, Long.MAX_VALUE);

    static EpochName of(MemberDirectory directory) {
        Optional<Genesis> genesis = directory.genesis();
        return new EpochName(
                directory.membership().epoch(),
                genesis.map(each -> each.tip().index()).orElse(Long.MAX_VALUE));
    }

    /** Whether it is of an earlier epoch, behind what this one took over, so that it is lost whatever the state says. */
    boolean isBehind(Revision receipt) {
        return receipt.epoch() < epoch && receipt.position().index() > behind;
    }

    /** For a write that was committed just now. */
    long of(long inState) {
        return Math.max(inState, epoch);
    }

    /** For a revision as the state has it. */
    Revision of(Revision inState) {
        boolean later = inState.epoch() < epoch && inState.position().index() > behind;
        return later ? new Revision(epoch, inState.number(), inState.position()) : inState;
    }
}
