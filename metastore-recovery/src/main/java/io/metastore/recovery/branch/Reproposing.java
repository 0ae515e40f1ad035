package io.metastore.recovery.branch;

import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.RawRecords;
import io.metastore.recovery.branch.BranchEntries.Definitions;
import io.metastore.recovery.branch.LiveOps.ObstacleException;
import io.metastore.recovery.inspect.InspectedCheck;
import io.metastore.recovery.inspect.InspectedTransaction;
import io.metastore.recovery.inspect.ValueReader;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One proposing of a branch's transactions again. What is applied is noted in a table of the cluster's own, under the name of the transaction, in the same
 * transaction, which needs the note to be absent: so the state itself says what was done, whatever dies in between. For one thread.
 */
final class Reproposing {

    static final String TABLE = "$reproposed";

    /** So often the keys of a transaction may be written by others while it is being decided. */
    private static final int ATTEMPTS_MAX = 100;

    private final Branch branch;
    private final RawRecords records;
    private final Resolver resolver;
    private final ValueReader values;
    private final LiveOps ops;
    private final LiveKeys live;
    private final Set<KeyName> skippedKeys = new HashSet<>();
    private final List<Reproposal.Skipped> skipped = new ArrayList<>();
    private int applied;
    private int replaced;
    private int before;
    private int inHistory;
    private @Nullable String stopped;

    Reproposing(Branch branch, MetaStore store, Resolver resolver, Definitions definitions) {
        this.branch = branch;
        this.records = RawRecords.of(store);
        this.resolver = resolver;
        this.values = new ValueReader(definitions.tables(), definitions.commands());
        this.ops = new LiveOps(records);
        if (!records.cluster().equals(branch.facts().cluster())) {
            throw new RecoveryRefusedException(
                    Reason.OTHER_CLUSTER,
                    "the branch is not of the store's cluster: branch="
                            + branch.facts().cluster() + " store=" + records.cluster() + "; nothing was changed");
        }
        records.catchUp();
        this.live = new LiveKeys(records, records.tipRevision(branch.facts().recovery()));
    }

    Reproposal run() {
        List<BranchTransaction> all = branch.transactions();
        for (BranchTransaction each : all) {
            StoredRecord note = note(each);
            if (note != null) {
                live.own(note.modRevision());
            }
        }
        for (BranchTransaction each : all) {
            if (stopped != null) {
                break;
            }
            if (note(each) != null) {
                before++;
            } else if (each.repeated() || records.hasApplied(each.session(), each.sequence())) {
                inHistory++;
            } else {
                propose(each);
            }
        }
        return new Reproposal(applied, replaced, before, inHistory, skipped, Optional.ofNullable(stopped));
    }

    private @Nullable StoredRecord note(BranchTransaction transaction) {
        TableRecord table = records.table(TABLE);
        return table == null ? null : records.get(table.id(), name(transaction));
    }

    private static byte[] name(BranchTransaction transaction) {
        return transaction.name().getBytes(StandardCharsets.UTF_8);
    }

    private void propose(BranchTransaction transaction) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            live.refresh();
            Proposal proposal = new Proposal(transaction, live, values, skippedKeys);
            Decision decision = resolver.decide(proposal);
            if (decision instanceof Decision.Stop stop) {
                stopped = stop.reason() + ": " + transaction;
                return;
            }
            try {
                if (carriedOut(proposal, decision)) {
                    return;
                }
            } catch (ObstacleException e) {
                skip(proposal, String.valueOf(e.getMessage()));
                return;
            }
        }
        skip(
                new Proposal(transaction, live, values, skippedKeys),
                "others kept writing the same keys: attempts=" + ATTEMPTS_MAX);
    }

    /** False when what the decision was about has changed meanwhile. */
    private boolean carriedOut(Proposal proposal, Decision decision) throws ObstacleException {
        if (decision instanceof Decision.Skip skip) {
            skip(proposal, skip.reason());
            return true;
        } else if (decision instanceof Decision.Replace replace) {
            return written(proposal, records.encode(replace.ops()), List.of(), "replaced");
        }
        if (!(proposal.transaction().content() instanceof InspectedTransaction.Changes content)) {
            skip(proposal, "a command cannot be applied exactly once as it is; replace it by changes");
            return true;
        }
        if (proposal.changes().isEmpty()) {
            String condition = proposal.failedCondition()
                    .map(each -> ", as this does not hold: " + each)
                    .orElse("");
            skip(proposal, "it changes nothing now" + condition);
            return true;
        }
        List<JournalOp> changes = new ArrayList<>();
        for (ProposedChange change : proposal.changes()) {
            changes.add(ops.op(change.op()));
        }
        List<JournalCheck> ranges = new ArrayList<>();
        for (InspectedCheck check : content.checks()) {
            if (proposal.failedCondition().isEmpty() && check instanceof InspectedCheck.RangeUnchanged range) {
                ranges.add(ops.range(range));
            }
        }
        return written(proposal, changes, ranges, "applied");
    }

    private boolean written(Proposal proposal, List<JournalOp> changes, List<JournalCheck> ranges, String how)
            throws ObstacleException {
        BranchTransaction transaction = proposal.transaction();
        int table = notes().id();
        List<JournalCheck> checks = new ArrayList<>();
        checks.add(new JournalCheck.Absent(table, name(transaction)));
        for (Map.Entry<KeyName, Long> looked : proposal.lookedAt().entrySet()) {
            TableRecord its = live.table(looked.getKey().table());
            if (its != null) { // Else it is absent, and stays so until somebody registers the table.
                checks.add(
                        new JournalCheck.KeyUnchanged(its.id(), looked.getKey().bytes(), looked.getValue()));
            }
        }
        int firstRange = checks.size();
        checks.addAll(ranges);
        List<JournalOp> all = new ArrayList<>(changes);
        all.add(new JournalOp.Put(table, name(transaction), 1, text(transaction, how)));
        TransactionResult result = records.write(checks, all);
        if (result instanceof TransactionResult.Applied done) {
            live.own(done.revision());
            applied += how.equals("applied") ? 1 : 0;
            replaced += how.equals("applied") ? 0 : 1;
            return true;
        } else if (result instanceof TransactionResult.Conflict conflict) {
            before += conflict.check() == 0 ? 1 : 0;
            if (conflict.check() >= firstRange) {
                skip(proposal, "a range that it read has changed");
            }
            return conflict.check() == 0 || conflict.check() >= firstRange;
        }
        skip(proposal, "it was refused: " + result);
        return true;
    }

    private TableRecord notes() throws ObstacleException {
        TableRecord there = records.table(TABLE);
        return there == null ? ops.register(new TableRecord(0, TABLE, "utf8", "utf8", 1)) : there;
    }

    private byte[] text(BranchTransaction transaction, String how) {
        BranchFacts facts = branch.facts();
        return (how + " from epoch " + facts.epoch() + " " + transaction.position() + " of " + facts.member()
                        + ", recovery " + facts.recovery())
                .getBytes(StandardCharsets.UTF_8);
    }

    private void skip(Proposal proposal, String reason) {
        skipped.add(new Reproposal.Skipped(proposal.transaction(), reason));
        skippedKeys.addAll(proposal.written());
    }
}
