package io.metastore.examples;

import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.Revision;
import io.metastore.api.RevisionLostException;
import io.metastore.api.Table;
import io.metastore.examples.Catalog.Note;
import io.metastore.recovery.Consent;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.RecoveryResult;
import io.metastore.recovery.Source;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.Branches;
import io.metastore.recovery.branch.Resolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The order in which hosts are lost matters: one is down when the two others acknowledge a write, and then it is the only one that is left. The verdict says that a write
 * may be missing, the receipt of the write says that it is, and when one of the two returns it brings the write along as a branch.
 */
final class LostWrite {

    private static final String KEY = "note 2";

    private final Hosts hosts;
    private final Report report;
    /** Down when the others write, and later the only one. */
    private final String last;

    LostWrite(Hosts hosts, Report report, String last) {
        this.hosts = hosts;
        this.report = report;
        this.last = last;
    }

    /** Returns the receipt of a write that the survivor never had. */
    Revision acknowledgedByTheOthers() {
        report.act(last + " is down; the two others acknowledge a write, and are lost then");
        hosts.kill(last);
        MetaStore leader = hosts.leader();
        Patience.until(last + " is missed", () -> nextLoss(leader).isPresent());
        report.line(
                "health of %s: %s", leader.status().member(), nextLoss(leader).orElseThrow());
        Revision written = leader.withTimeout(Patience.LIMIT)
                .table(Catalog.NOTES)
                .put(KEY, new Note(List.of("acknowledged by two of three")));
        report.line("acknowledged: revision %s of epoch %d at %s", written, written.epoch(), written.position());
        hosts.all().stream().map(store -> store.status().member()).toList().forEach(hosts::kill);
        return written;
    }

    /** What one more loss would cost, which is told before it happens. */
    private static Optional<String> nextLoss(MetaStore store) {
        return store.health().findings().stream()
                .filter(each -> each.code().equals("NEXT_LOSS"))
                .map(each -> each.code() + ": " + each.text())
                .findFirst();
    }

    void onlyWithConsent(Revision written) {
        report.act("Recover " + last + ", which never had that write: only with consent");
        Recovery recovery = Recovery.of(Source.directory(hosts.directory(last)).labelled(last));
        try {
            recovery.recover();
            report.expect(false, "recover() refuses");
        } catch (RecoveryRefusedException e) {
            report.expect(
                    e.reason() == RecoveryRefusedException.Reason.LOSS_POSSIBLE, "recover() refuses: %s", e.reason());
        }
        RecoveryPlan plan = recovery.survey().plan(PlanOptions.DEFAULT.because("ann", "only " + last + " is left"));
        report.line("verdict: %s", plan.verdict().kind());
        plan.verdict().evidence().forEach(line -> report.line("  %s", line));
        report.line("ann consents to the plan with digest %s", plan.digest());
        RecoveryResult result = plan.apply(Consent.to(plan));
        report.line("epoch %d begins with %s", result.epoch(), result.member());
        MetaStore store = hosts.start(last);
        store.withTimeout(Patience.LIMIT).table(Catalog.NOTES).put("note 3", new Note(List.of("after the third loss")));
        Patience.until(
                "the beginning is recorded",
                () -> store.cluster().lineage().get(0).epoch() == result.epoch());
        Fate fate = store.cluster().fateOf(written);
        report.expect(fate.kind() == Fate.Kind.LOST, "the receipt of that write is answered with %s", fate);
        try {
            store.table(Catalog.NOTES).reading(ReadMode.atLeast(written)).get(KEY);
            report.expect(false, "a read that waits for it ends");
        } catch (RevisionLostException e) {
            report.expect(true, "a read that waits for it ends with %s", e.code());
        }
    }

    void comesBackAsABranch(String returning) {
        report.act("The host of " + returning + " returns: what it alone had is a branch, and is proposed again");
        MetaStore store = hosts.get(last);
        MetaStore back = hosts.start(returning, MetaStore.Builder::rejoin);
        Patience.until(returning + " is in the new epoch", () -> epochs(back) == epochs(store));
        Path[] directories = {hosts.directory(last), hosts.directory(returning)};
        Branches branches = Recovery.branches(directories);
        List<Branch> brought = branches.list().stream()
                .filter(each -> each.facts().member().startsWith(returning + "@"))
                .map(each -> each.with(Catalog.NOTES))
                .filter(each -> each.transactions().toString().contains(KEY))
                .toList();
        report.expect(brought.size() == 1, "it has the write:");
        brought.forEach(branch -> report.line("%s", branch.facts()));
        brought.forEach(branch ->
                branch.transactions(each -> report.lines(each.content().toString())));
        report.lines(Recovery.lineage(directories[0], directories[1]).toTable());
        Table<String, Note> notes = store.withTimeout(Patience.LIMIT).table(Catalog.NOTES);
        brought.forEach(branch ->
                report.lines(branch.repropose(store, Resolver.UNCHANGED).toString()));
        report.expect(
                notes.get(KEY)
                        .filter(note -> note.toString().contains("two of three"))
                        .isPresent(),
                "the write is there again");
        List<Long> epochs =
                store.cluster().lineage().stream().map(EpochBeginning::epoch).toList();
        report.expect(epochs.equals(List.of(4L, 3L, 2L)), "its lineage has all three recoveries: epochs %s", epochs);
    }

    private static int epochs(MetaStore store) {
        return store.cluster().lineage().size();
    }
}
