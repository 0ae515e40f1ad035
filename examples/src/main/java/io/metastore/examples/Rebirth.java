package io.metastore.examples;

import io.metastore.api.EpochBeginning;
import io.metastore.api.MetaStore;
import io.metastore.api.OperationType;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.Revision;
import io.metastore.examples.Catalog.Note;
import java.io.IOException;
import java.util.List;

/** The recovered member leads alone, the others come in again with empty directories. */
final class Rebirth {

    private final Hosts hosts;
    private final Report report;
    private final String survivor;

    Rebirth(Hosts hosts, Report report, String survivor) {
        this.hosts = hosts;
        this.report = report;
        this.survivor = survivor;
    }

    void alone(int written) {
        report.act("Start " + survivor + ": it goes on alone");
        long start = System.nanoTime();
        MetaStore store = hosts.start(survivor).withTimeout(Patience.LIMIT);
        Revision first = store.table(Catalog.NOTES).put("note 0", new Note(List.of("written after the recovery")));
        report.line("the first write is acknowledged %s after the start", Report.seconds(Report.since(start)));
        report.expect(Loss.edits(store) == written, "all %,d acknowledged writes are there", written);
        Patience.until(
                "the beginning is recorded", () -> !store.cluster().lineage().isEmpty());
        EpochBeginning beginning = store.cluster().lineage().get(0);
        report.line(
                "epoch %d began with entry %s of epoch %d, asked for by %s: %s; missing: %s",
                beginning.epoch(),
                beginning.tip(),
                beginning.previous(),
                beginning.by(),
                beginning.why(),
                beginning.missing());
        Revision next = store.table(Catalog.NOTES).put("note 1", new Note(List.of("in the new epoch")));
        report.expect(next.epoch() == 2, "revisions are of epoch %d: %s follows %s", next.epoch(), next, first);
    }

    void sealed() {
        String other = other();
        report.act("The directory of " + other + " was sealed: it cannot be started in the old epoch");
        try {
            hosts.start(other);
            report.expect(false, "%s is refused", other);
        } catch (RecoveryRefusedException e) {
            report.line("%s", String.valueOf(e.getMessage()));
            report.expect(e.reason() == RecoveryRefusedException.Reason.SEALED, "%s is refused: %s", other, e.reason());
        }
    }

    void grow(int written) throws IOException {
        report.act("Grow to three voters again, with empty directories");
        MetaStore first = hosts.get(survivor);
        hosts.wipe(other());
        for (String name : List.of(other(), "fe3")) {
            hosts.start(name);
            OperationSteps.follow(first, OperationType.ADD_VOTER, name, report);
        }
        report.expect(first.cluster().failureTolerance() == 1, "any one of three may be lost now");
        for (MetaStore store : hosts.all()) {
            store.awaitRevision(first.revision(), Patience.LIMIT);
            report.expect(
                    Loss.edits(store) == written && store.cluster().lineage().size() == 1,
                    "%s has all %,d writes, and knows how its epoch began",
                    store.status().member(),
                    written);
        }
        report.lines(first.status().toTable());
    }

    private String other() {
        return survivor.equals("fe1") ? "fe2" : "fe1";
    }
}
