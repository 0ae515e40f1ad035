package io.metastore.examples;

import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.examples.Catalog.Edit;
import io.metastore.examples.Catalog.EditKey;
import io.metastore.recovery.Consent;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.RecoveryResult;
import io.metastore.recovery.RehearsalResult;
import io.metastore.recovery.Source;
import io.metastore.recovery.Survey;
import io.metastore.recovery.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Two of three hosts are lost at once; what is left is surveyed, and recovered from. */
final class Loss {

    private static final int EDITS = 200;

    private final Hosts hosts;
    private final Report report;

    Loss(Hosts hosts, Report report) {
        this.hosts = hosts;
        this.report = report;
    }

    /** Acknowledged writes. */
    int written() {
        return EDITS;
    }

    void twoHosts() throws IOException {
        report.act("Lose two of three hosts at once, after 200 acknowledged writes");
        Table<EditKey, Edit> edits = hosts.leader().table(Catalog.EDITS);
        for (int i = 1; i <= EDITS; i++) {
            edits.put(new EditKey("ann", i), new Edit("java.base", "edit " + i));
        }
        for (String name : List.of("fe1", "fe2", "fe3")) {
            hosts.kill(name);
        }
        hosts.wipe("fe3");
        report.line("fe3: the disk is gone; fe2: the host is gone, its disk was carried away; fe1: the process died");
        MetaStore alone = hosts.start("fe1");
        Patience.until("fe1 knows that it is alone", () -> alone.status().state() == StoreState.NO_QUORUM);
        report.line(
                "fe1 was started again: %s, %s",
                alone.status().state(), alone.status().reason());
        long notes = alone.table(Catalog.NOTES).reading(ReadMode.local()).count(Range.all());
        report.expect(notes == Growth.NOTES, "local reads are served: %,d notes", notes);
        hosts.close("fe1");
    }

    void oneCopy() {
        report.act("Survey the one directory that is at hand");
        Recovery recovery = Recovery.of(source("fe1"));
        Survey survey = recovery.survey();
        report.lines(survey.toTable());
        Verdict verdict = survey.diagnose().verdict();
        report.line("verdict: %s", verdict.kind());
        verdict.evidence().forEach(line -> report.line("  %s", line));
        try {
            recovery.recover();
            report.expect(false, "recover() refuses");
        } catch (RecoveryRefusedException e) {
            report.expect(
                    e.reason() == RecoveryRefusedException.Reason.LOSS_POSSIBLE,
                    "recover() refuses: %s. Nothing was changed",
                    e.reason());
        }
    }

    /** Returns who went on. */
    String twoCopies() {
        report.act("The disk of fe2 is found: survey both, plan, rehearse, apply");
        Survey survey = Recovery.of(source("fe1"), source("fe2")).survey();
        report.lines(survey.toTable());
        RecoveryPlan plan = survey.plan(PlanOptions.DEFAULT.because("ann", "fe2 and fe3 burnt"));
        report.lines(plan.toString());
        report.expect(plan.verdict().kind() == Verdict.Kind.PROVEN_NONE, "nothing that was acknowledged can be lost");
        RehearsalResult rehearsed = plan.rehearse(
                Hosts.settings(),
                store -> report.expect(edits(store) == EDITS, "rehearsed: all %,d writes are there", EDITS));
        report.line("rehearsal on a clone took %s", Report.seconds(rehearsed.took()));
        long start = System.nanoTime();
        RecoveryResult result = plan.apply(Consent.to(plan));
        report.line("applied in %s", Report.seconds(Report.since(start)));
        report.lines(result.report());
        return String.valueOf(result.directory().getFileName());
    }

    static long edits(MetaStore store) {
        return store.table(Catalog.EDITS).count(Range.all());
    }

    private Source source(String name) {
        Path directory = hosts.directory(name);
        return Source.directory(directory).labelled(name);
    }
}
