package io.metastore.examples;

import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.examples.Catalog.ClassFacts;
import io.metastore.examples.Catalog.ClassKey;
import io.metastore.examples.Catalog.Subtype;
import io.metastore.examples.Catalog.SubtypeKey;
import io.metastore.examples.CatalogQueries.Largest;
import io.metastore.examples.CatalogQueries.ModuleTotals;
import io.metastore.examples.CatalogQueries.Totals;
import java.util.List;

/** The act of questions: a snapshot of everything, a scan in pages, a range of a tuple key, a walk over a relation. */
final class Tour {

    private static final String MODULE = "java.base";
    private static final String EXCEPTION = "java.lang.Exception";

    private final MetaStore store;
    private final Report report;

    private Tour(MetaStore store, Report report) {
        this.store = store;
        this.report = report;
    }

    /** Asks one member, leader or not, and compares its answers with what was to be loaded. */
    static Totals through(MetaStore store, RunningJdk jdk, Report report) {
        report.act("Ask a follower");
        Tour tour = new Tour(store, report);
        Totals totals = tour.totals(jdk);
        tour.modules();
        tour.largestClasses();
        tour.exceptions();
        return totals;
    }

    private Totals totals(RunningJdk jdk) {
        Totals totals = store.read(ReadMode.linearizable(), CatalogQueries::totals);
        report.line(
                "one snapshot at revision %s: %,d modules, %,d packages, %,d classes (%s), %,d relations",
                totals.revision(),
                totals.modules(),
                totals.packages(),
                totals.classes(),
                Report.megabytes(totals.bytesInPackages()),
                totals.subtypes());
        report.expect(
                totals.modules() == jdk.modules().size()
                        && totals.classes() == jdk.classFiles().size()
                        && totals.consistent(),
                "nothing is missing and nothing is there twice");
        report.expect(
                store.read(ReadMode.linearizable(), CatalogQueries::dangling) == 0,
                "every relation leads to a class record");
        return totals;
    }

    private void modules() {
        List<ModuleTotals> modules = store.read(ReadMode.linearizable(), CatalogQueries::perModule);
        report.line("largest modules:");
        for (ModuleTotals each : modules.subList(0, Math.min(5, modules.size()))) {
            report.line(
                    "  %-20s %,6d classes in %,4d packages, %s",
                    each.module(), each.classes(), each.packages(), Report.megabytes(each.bytes()));
        }
    }

    private void largestClasses() {
        Largest largest = CatalogQueries.largestClasses(store.table(Catalog.CLASSES), MODULE, 3, 500);
        report.line("largest classes of %s (%,d read in %d pages):", MODULE, largest.seen(), largest.pages());
        for (Entry<ClassKey, ClassFacts> each : largest.classes()) {
            report.line("  %-40s %,9d bytes", each.key().name(), each.value().bytes());
        }
    }

    private void exceptions() {
        List<Entry<SubtypeKey, Subtype>> direct = store.table(Catalog.SUBTYPES)
                .scan(Catalog.SUBTYPE_KEY.startingWith(EXCEPTION))
                .entries();
        int below = store.read(ReadMode.linearizable(), snapshot -> CatalogQueries.descendants(snapshot, EXCEPTION)
                .size());
        report.line("%s has %,d direct subclasses and %,d classes below it", EXCEPTION, direct.size(), below);
        report.expect(
                direct.stream().anyMatch(each -> each.key().subtype().equals("java.lang.RuntimeException")),
                "java.lang.RuntimeException is one of them");
    }
}
