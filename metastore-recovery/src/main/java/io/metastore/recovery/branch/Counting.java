package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import io.metastore.recovery.inspect.InspectedEntry;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.JournalScan;
import java.util.Optional;
import java.util.UUID;

/** Counts the entries of a branch as they are read. */
final class Counting implements BranchEntries.Visitor {
    private LogPosition first = LogPosition.NONE;
    private LogPosition last = LogPosition.NONE;
    private long entries;
    private long transactions;
    private long changes;

    /**
     * Whose branch it is.
     *
     * @param cluster it belongs to
     * @param epoch of the entries
     * @param member whose they are
     */
    record Origin(BranchFacts.Kind kind, UUID cluster, long epoch, String member) {}

    @Override
    public void entry(InspectedEntry entry, boolean repeated) {
        first = entries == 0 ? entry.position() : first;
        last = entry.position();
        entries++;
        Branch.transactions(entry, repeated, transaction -> {
            transactions++;
            changes += transaction.changes();
        });
    }

    BranchFacts facts(Origin origin, Beyond beyond, Optional<String> damage) {
        return new BranchFacts(
                origin.kind(),
                origin.cluster(),
                origin.epoch(),
                origin.member(),
                beyond.recovery(),
                beyond.next(),
                beyond.tip(),
                first,
                last,
                entries,
                transactions,
                changes,
                beyond.fork().exact(),
                damage);
    }

    /** An entry that was being written when its member died is none. */
    static Optional<String> damage(JournalScan scan) {
        return scan.damage().filter(each -> !each.normalAfterCrash()).map(Damage::toString);
    }
}
