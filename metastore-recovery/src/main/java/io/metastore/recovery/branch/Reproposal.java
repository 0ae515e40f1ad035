package io.metastore.recovery.branch;

import java.util.List;
import java.util.Optional;

/**
 * What became of the transactions of a branch when they were proposed again.
 *
 * @param applied as they are, now
 * @param replaced by others, now
 * @param appliedBefore in an earlier call, or from another copy of the same entries
 * @param inHistory which the history has already: their batch was sent again by its proposer, or stands in the part that was taken over
 * @param skipped those that were left out
 * @param stopped why the rest was left out; empty when all were asked about
 */
public record Reproposal(
        int applied, int replaced, int appliedBefore, int inHistory, List<Skipped> skipped, Optional<String> stopped) {

    /** One that was left out, and why. */
    public record Skipped(BranchTransaction transaction, String reason) {
        @Override
        public String toString() {
            return reason + ": " + transaction;
        }
    }

    public Reproposal {
        skipped = List.copyOf(skipped);
    }

    /** For people: the counts, then a line for each that was left out. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("applied " + applied + ", replaced " + replaced + ", applied before "
                + appliedBefore + ", in the history already " + inHistory + ", skipped " + skipped.size() + "\n");
        skipped.forEach(each -> text.append("skipped, ").append(each).append('\n'));
        stopped.ifPresent(why -> text.append("stopped: ").append(why).append('\n'));
        return text.toString();
    }
}
