package io.metastore.examples;

import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.examples.Catalog.Edit;
import io.metastore.examples.Catalog.EditKey;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryResult;
import io.metastore.recovery.Source;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The majority is lost again; this time the process that is left is recovered while it runs, and one of the lost hosts comes back as it was. */
final class SecondLoss {

    private final Hosts hosts;
    private final Report report;
    private final String survivor;
    private String sealed = "";

    SecondLoss(Hosts hosts, Report report, String survivor) {
        this.hosts = hosts;
        this.report = report;
        this.survivor = survivor;
    }

    /** Returns who was away and knows nothing of the recovery. */
    String live(int written) throws InterruptedException {
        report.act("Lose two of three hosts again, and recover without a restart");
        MetaStore store = hosts.get(survivor);
        Table<EditKey, Edit> edits = store.table(Catalog.EDITS);
        List<String> lost = List.of("fe1", "fe2", "fe3").stream()
                .filter(name -> !name.equals(survivor))
                .toList();
        lost.forEach(hosts::kill);
        sealed = lost.get(0);
        Patience.until(
                survivor + " knows that it is alone", () -> store.status().state() == StoreState.NO_QUORUM);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        Thread reader = new Thread(() -> {
            Table<EditKey, Edit> local = edits.reading(ReadMode.local());
            while (!done.get()) {
                try {
                    failed.addAndGet(
                            local.count(Range.all()) >= written ? 0 : 1); // The next write may be there already.
                } catch (RuntimeException e) {
                    failed.incrementAndGet();
                }
                reads.incrementAndGet();
            }
        });
        reader.start();
        long start = System.nanoTime();
        RecoveryResult result = Recovery.of(
                        Source.store(store),
                        Source.directory(hosts.directory(sealed)).labelled(sealed))
                .recover();
        Duration recovered = Report.since(start);
        Revision next = edits.put(new EditKey("ann", written + 1), new Edit("java.base", "after the second loss"));
        Duration writing = Report.since(start);
        done.set(true);
        reader.join();
        report.lines(result.report());
        report.line(
                "recovered in %s, the first write is acknowledged after %s",
                Report.seconds(recovered), Report.seconds(writing));
        report.expect(next.epoch() == 3, "the same store writes in epoch %d", next.epoch());
        report.expect(failed.get() == 0, "%,d local reads meanwhile, none failed", reads.get());
        return lost.get(1);
    }

    void oldHostReturns(String name, int written) {
        report.act("The host of " + name + " returns, with its disk; it may rejoin");
        MetaStore store = hosts.start(name, MetaStore.Builder::rejoin);
        Patience.until(name + " has what was written without it", () -> hasAll(store, written + 1));
        report.line(
                "%s heard that epoch 2 has ended, and came back as another incarnation; what it had is still in %s",
                name, hosts.directory(name).resolve("stores/main/epoch-000002").getFileName());
        MetaStore first = hosts.get(survivor);
        awaitObserver(first, name);
        report.expect(role(first, name) == MemberStatus.Role.OBSERVER, "%s is an OBSERVER", name);
        first.cluster().promote(name).await(Patience.LIMIT);
        report.lines(first.status().toTable());
    }

    /** Returns who it is: the one whose directory was surveyed and sealed. */
    String sealedHostReturns() {
        report.act(sealed + " was sealed by the recovery; it comes back the same way, and three vote again");
        hosts.start(sealed, MetaStore.Builder::rejoin);
        MetaStore first = hosts.get(survivor);
        awaitObserver(first, sealed);
        first.cluster().promote(sealed).await(Patience.LIMIT);
        Patience.until("all answer", () -> first.cluster().failureTolerance() == 1);
        report.expect(first.cluster().failureTolerance() == 1, "any one of three may be lost now");
        return sealed;
    }

    /** Its addition is over when it has caught up; until then no other operation begins. */
    private static void awaitObserver(MetaStore asked, String name) {
        Patience.until(
                name + " is an observer that has caught up",
                () -> role(asked, name) == MemberStatus.Role.OBSERVER
                        && asked.cluster().operations().stream()
                                .allMatch(operation -> operation.state().isOver()));
    }

    private static MemberStatus.Role role(MetaStore asked, String name) {
        return asked.cluster().members().stream()
                .filter(member -> member.name().equals(name))
                .map(MemberStatus::role)
                .findFirst()
                .orElse(MemberStatus.Role.UNKNOWN);
    }

    /** The table is not there before the first entries are. */
    private static boolean hasAll(MetaStore store, int written) {
        try {
            return store.withTimeout(Duration.ofSeconds(1))
                            .table(Catalog.EDITS)
                            .reading(ReadMode.local())
                            .count(Range.all())
                    == written;
        } catch (MetastoreException e) {
            return false;
        }
    }
}
