package io.metastore.examples;

import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationType;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreState;
import io.metastore.examples.SteadyWriter.Acknowledged;
import java.util.List;

/** The last acts: members are taken out or leave until one is left, which has everything. */
final class Shrinking {

    private final Hosts hosts;
    private final Report report;

    Shrinking(Hosts hosts, Report report) {
        this.hosts = hosts;
        this.report = report;
    }

    void shrink() {
        report.act("Shrink to one voter: observers, a follower, the leader");
        remove("o1");
        leave("o2");
        remove(hosts.followers().get(0));
        report.lines(hosts.leader().status().toTable());
        leave(hosts.leaderName());
        report.lines(hosts.leader().status().toTable());
    }

    private void remove(String name) {
        MetaStore leader = hosts.leader();
        leader.cluster().remove(name);
        OperationSteps.follow(leader, OperationType.REMOVE, name, report);
        out(name);
    }

    private void leave(String name) {
        MetaStore other = hosts.get(hosts.followers().get(0));
        hosts.get(name).cluster().leave();
        OperationSteps.follow(other, OperationType.LEAVE, name, report);
        out(name);
    }

    private void out(String name) {
        MetaStore store = hosts.get(name);
        Patience.until(name + " knows", () -> store.status().state() == StoreState.REMOVED);
        long notes = store.table(Catalog.NOTES).reading(ReadMode.local()).count(Range.all());
        report.expect(notes == Growth.NOTES, "%s is REMOVED and still answers local reads", name);
        hosts.close(name);
    }

    void compare(List<Acknowledged> acknowledged) {
        report.act("What is left");
        MetaStore last = hosts.leader();
        report.expect(
                SteadyWriter.missing(acknowledged, last, ReadMode.linearizable()) == 0,
                "%s alone has all %,d writes that were acknowledged on the way",
                hosts.leaderName(),
                acknowledged.size());
        report.expect(
                last.table(Catalog.NOTES).count(Range.all()) == Growth.NOTES,
                "and all %,d notes of the single member that it began with",
                Growth.NOTES);
        report.lines(last.status().toTable());
        List<Operation> operations = last.cluster().operations();
        report.lines(Operation.toTable(operations));
        report.expect(operations.stream().allMatch(Operation::isOver), "all %d operations are over", operations.size());
    }
}
