package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import java.util.Optional;
import java.util.UUID;

/**
 * What there is to know of a branch without reading its entries.
 *
 * @param kind how it came to be
 * @param cluster it belongs to
 * @param epoch whose entries it has
 * @param member whose copy it is, as {@code name@incarnation}; empty when its directory does not say
 * @param recovery that went on without it; {@link #NO_RECOVERY} when none did
 * @param nextEpoch that began with that recovery; the same epoch when none did
 * @param tip last entry that this epoch took over, or that stayed
 * @param first entry of the branch
 * @param last entry of the branch that can be read
 * @param entries how many there are, with those of the engine and of the cluster itself
 * @param transactions of the application in them
 * @param changes that these make when their conditions hold; those of commands are not in a journal
 * @param exact whether the entry before the first is known to have been taken over; not so when a journal was purged before they could be compared
 * @param damage what ends it early; empty when it is whole
 */
public record BranchFacts(
        Kind kind,
        UUID cluster,
        long epoch,
        String member,
        UUID recovery,
        long nextEpoch,
        LogPosition tip,
        LogPosition first,
        LogPosition last,
        long entries,
        long transactions,
        long changes,
        boolean exact,
        Optional<String> damage) {

    /** Of what was left behind while the cluster lived. */
    public static final UUID NO_RECOVERY = new UUID(0, 0);

    /** How a branch comes to be. */
    public enum Kind {
        /** What the directory that went on had and did not take over: the end of its journal, cut by whoever consented to the plan, as a rule. */
        CUT_TAIL,
        /** What the journal of another member has instead of, or behind, what was taken over. */
        OTHER_COPY,
        /** What an epoch had that was taken back. */
        TAKEN_BACK,
        /**
         * What a former leader had written and no majority had, cut off by its successor while the cluster lived, as it is every day. Its callers were told that the
         * outcome is unknown; the store they asked may have sent it again since, and then it is in the history too.
         */
        OVERWRITTEN
    }

    /** A line. */
    @Override
    public String toString() {
        return kind + " of epoch " + epoch + " at " + (member.isEmpty() ? "an unknown member" : member) + ": entries "
                + first + " to " + last + ", " + entries + " entries, " + transactions + " transactions, " + changes
                + " changes; epoch " + nextEpoch + " went on from " + tip
                + (recovery.equals(NO_RECOVERY) ? " with another leader" : ", recovery " + recovery)
                + (exact ? "" : "; where it begins is not known for certain")
                + damage.map(each -> "; ends early: " + each).orElse("");
    }
}
