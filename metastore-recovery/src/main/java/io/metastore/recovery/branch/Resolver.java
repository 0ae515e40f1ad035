package io.metastore.recovery.branch;

import io.metastore.recovery.inspect.InspectedTransaction;

/** Decides what becomes of each transaction of a branch. The application's: a function without effects, as it may be asked several times. */
@FunctionalInterface
public interface Resolver {

    /**
     * Applies a transaction when nobody has changed what it writes and its conditions hold, and skips it otherwise: also commands, what takes numbers of a sequence
     * or removes a range, and what writes or compares a key that a skipped transaction before it writes.
     */
    Resolver UNCHANGED = Resolver::unchanged;

    Decision decide(Proposal proposal);

    private static Decision unchanged(Proposal proposal) {
        if (proposal.transaction().content() instanceof InspectedTransaction.Command) {
            return Decision.skip("what a command changes is not in the journal");
        }
        if (proposal.dependsOnSkipped()) {
            return Decision.skip("it goes on from a transaction that was skipped");
        }
        if (proposal.failedCondition().isPresent()) {
            return Decision.skip(
                    "its condition does not hold: " + proposal.failedCondition().get());
        }
        for (ProposedChange change : proposal.changes()) {
            if (change.since() == Since.CHANGED) {
                return Decision.skip("its key was changed since: " + change.op() + ", now "
                        + change.current().map(Object::toString).orElse("absent"));
            } else if (change.since() == Since.UNKNOWN) {
                return Decision.skip("it is not known whether that was changed since: " + change.op());
            }
        }
        return Decision.apply();
    }
}
