package io.metastore.examples;

import io.metastore.api.Cluster;
import io.metastore.api.MemberStatus;
import io.metastore.api.MemberStatus.Role;
import io.metastore.api.MetaStore;
import io.metastore.api.OperationType;
import io.metastore.api.PendingOperation;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.examples.Catalog.Note;
import java.util.List;

/** The first acts: one member without a port, the same one with a name, three voters, two observers. */
final class Growth {

    static final int NOTES = 500;

    private final Hosts hosts;
    private final Report report;

    Growth(Hosts hosts, Report report) {
        this.hosts = hosts;
        this.report = report;
    }

    /** Returns at which revision it was closed. */
    Revision single() {
        report.act("Open a single member without a port");
        try (MetaStore store = MetaStore.open(hosts.directory("fe1"))) {
            Revision last = store.update(tx -> {
                for (int i = 0; i < NOTES; i++) {
                    tx.in(Catalog.NOTES).put("note " + i, new Note(List.of("written when it was alone")));
                }
            });
            report.line("%,d notes in one transaction, revision %s", NOTES, last);
            report.lines(store.status().toTable());
            return last;
        }
    }

    void named(Revision before) {
        report.act("Give it a name, an address and a token: the first member of a cluster");
        long start = System.nanoTime();
        MetaStore first = hosts.start("fe1").withTimeout(Patience.LIMIT);
        long notes = first.table(Catalog.NOTES).count(Range.all());
        report.line("the same directory serves as fe1 after %s", Report.seconds(Report.since(start)));
        report.expect(notes == NOTES, "all %,d notes are there", NOTES);
        Revision next = first.table(Catalog.NOTES).put("note 0", new Note(List.of("written by fe1")));
        report.expect(next.number() == before.number() + 1, "its next write has revision %s", next);
        report.lines(first.status().toTable());
    }

    void voters() {
        report.act("Grow to three voters: start them with join");
        MetaStore first = hosts.get("fe1");
        for (String name : List.of("fe2", "fe3")) {
            hosts.start(name);
            OperationSteps.follow(first, OperationType.ADD_VOTER, name, report);
            report.line("failure tolerance is %d now", first.cluster().failureTolerance());
        }
        report.expect(first.cluster().failureTolerance() == 1, "any one of three may be lost now");
        expectNotesAt("fe3");
        report.lines(first.status().toTable());
    }

    void observers() {
        report.act("Two observers: one announced before it starts, one that asks by itself");
        Cluster asked = hosts.get("fe2").cluster();
        PendingOperation announced = asked.addObserver("o1", hosts.address("o1"));
        report.line(
                "fe2 was asked to add o1: operation %d is %s",
                announced.id(), announced.now().state());
        hosts.start("o1");
        OperationSteps.follow(hosts.get("fe2"), OperationType.ADD_OBSERVER, "o1", report);

        hosts.start("o2", MetaStore.Builder::observer);
        OperationSteps.follow(hosts.get("fe1"), OperationType.ADD_OBSERVER, "o2", report);
        Patience.until(
                "both observe", () -> observers(hosts.get("fe1").cluster().members()) == 2);
        Patience.until("all voters answer", () -> asked.failureTolerance() > 0);
        report.expect(asked.failureTolerance() == 1, "they have no vote: failure tolerance is still 1");
        expectNotesAt("o1");
        expectNotesAt("o2");
        report.lines(hosts.get("o2").status().toTable());
    }

    private void expectNotesAt(String name) {
        MetaStore store = hosts.get(name);
        store.awaitRevision(hosts.get("fe1").revision(), Patience.LIMIT);
        long notes = store.table(Catalog.NOTES).reading(ReadMode.local()).count(Range.all());
        report.expect(notes == NOTES, "%s has all %,d notes on its own disk", name, NOTES);
    }

    private static long observers(List<MemberStatus> members) {
        return members.stream().filter(each -> each.role() == Role.OBSERVER).count();
    }
}
