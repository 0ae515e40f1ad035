package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import io.metastore.recovery.inspect.InspectedOp;
import io.metastore.recovery.inspect.InspectedTable;
import io.metastore.recovery.inspect.InspectedTransaction;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A transaction of a branch. Whether it was acknowledged is not in the journal.
 *
 * @param position of its entry
 * @param time when its leader put it into the journal
 * @param session its proposer
 * @param sequence of its batch in the session: with the session and the place it names the transaction, wherever its batch stands
 * @param place in the batch, from 0
 * @param repeated whether the same batch stands before it in the journal already, where it was applied if at all
 * @param content what was asked for
 */
public record BranchTransaction(
        LogPosition position,
        Instant time,
        UUID session,
        long sequence,
        int place,
        boolean repeated,
        InspectedTransaction content) {

    private static final String OWN = "$";

    /**
     * Whether the application asked for it, and not the cluster for its own records, or somebody for what became of an earlier one. One that was proposed again has a
     * note of that among its changes, and is the application's.
     */
    public boolean isOfApplication() {
        if (content instanceof InspectedTransaction.Changes changes) {
            return Stream.concat(changes.then().stream(), changes.otherwise().stream())
                    .anyMatch(op -> !isOfCluster(op));
        }
        return content instanceof InspectedTransaction.Command;
    }

    private static boolean isOfCluster(InspectedOp op) {
        if (op instanceof InspectedOp.Put put) {
            return isOwn(put.table());
        } else if (op instanceof InspectedOp.Remove remove) {
            return isOwn(remove.table());
        } else if (op instanceof InspectedOp.RemoveRange remove) {
            return isOwn(remove.table());
        } else if (op instanceof InspectedOp.RegisterTable register) {
            return isOwn(register.table());
        } else if (op instanceof InspectedOp.NextIds ids) {
            return ids.sequence().startsWith(OWN);
        }
        return true; // The beginning of an epoch.
    }

    private static boolean isOwn(InspectedTable table) {
        return table.name().startsWith(OWN);
    }

    /** How many changes it makes when its conditions hold; 0 for a command. */
    int changes() {
        return content instanceof InspectedTransaction.Changes changes
                ? (int) changes.then().stream().filter(op -> !isOfCluster(op)).count()
                : 0;
    }

    /** What names it in whatever journal: session, sequence and place. */
    String name() {
        return String.format("%s/%016x/%08x", session, sequence, place);
    }

    /** A line. */
    @Override
    public String toString() {
        return position + "." + place + " " + time + " session=" + session + " sequence=" + sequence
                + (repeated ? " (again)" : "") + ": " + content;
    }
}
