package io.metastore.examples;

import io.metastore.api.Entry;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.Snapshot;
import io.metastore.api.Table;
import io.metastore.examples.Catalog.ClassFacts;
import io.metastore.examples.Catalog.ClassKey;
import io.metastore.examples.Catalog.PackageTotals;
import io.metastore.examples.Catalog.Subtype;
import io.metastore.examples.Catalog.SubtypeKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;

/** Questions about the catalog. Those with a snapshot are about one state, however many tables they look at. */
final class CatalogQueries {

    /**
     * The size of everything.
     *
     * @param classesInPackages the sum over the packages' own totals
     */
    record Totals(
            Revision revision,
            long modules,
            long packages,
            long classes,
            long subtypes,
            long classesInPackages,
            long bytesInPackages) {

        /** Whether the packages' totals tell of as many classes as there are class records. */
        boolean consistent() {
            return classes == classesInPackages;
        }

        long records() {
            return modules + packages + classes + subtypes;
        }
    }

    record ModuleTotals(String module, long packages, long classes, long bytes) {}

    /**
     * The largest classes of a module, and what it took to find them.
     *
     * @param pages how many pages were read
     */
    record Largest(List<Entry<ClassKey, ClassFacts>> classes, int pages, long seen) {}

    private CatalogQueries() {}

    static Totals totals(Snapshot snapshot) {
        long packages = 0;
        long classes = 0;
        long bytes = 0;
        try (Stream<Entry<Catalog.PackageKey, PackageTotals>> all = snapshot.in(Catalog.PACKAGES).stream(Range.all())) {
            for (Entry<Catalog.PackageKey, PackageTotals> each :
                    (Iterable<Entry<Catalog.PackageKey, PackageTotals>>) all::iterator) {
                packages++;
                classes += each.value().classes();
                bytes += each.value().bytes();
            }
        }
        return new Totals(
                snapshot.revision(),
                snapshot.in(Catalog.MODULES).count(Range.all()),
                packages,
                snapshot.in(Catalog.CLASSES).count(Range.all()),
                snapshot.in(Catalog.SUBTYPES).count(Range.all()),
                classes,
                bytes);
    }

    /** Every module that has classes, the largest first. */
    static List<ModuleTotals> perModule(Snapshot snapshot) {
        List<ModuleTotals> modules = new ArrayList<>();
        for (Entry<String, Catalog.ModuleFacts> module :
                snapshot.in(Catalog.MODULES).scan(Range.all())) {
            Page<Catalog.PackageKey, PackageTotals> packages =
                    snapshot.in(Catalog.PACKAGES).scan(Catalog.PACKAGE_KEY.startingWith(module.key()));
            long bytes = packages.entries().stream()
                    .mapToLong(each -> each.value().bytes())
                    .sum();
            long classes = snapshot.in(Catalog.CLASSES).count(Catalog.CLASS_KEY.startingWith(module.key()));
            modules.add(new ModuleTotals(module.key(), packages.size(), classes, bytes));
        }
        modules.sort(Comparator.comparingLong(ModuleTotals::classes).reversed());
        return modules;
    }

    /** Reads a module's classes page by page and keeps the largest: memory for one page, however large the module is. */
    static Largest largestClasses(Table<ClassKey, ClassFacts> classes, String module, int count, int pageSize) {
        List<Entry<ClassKey, ClassFacts>> largest = new ArrayList<>();
        int pages = 0;
        long seen = 0;
        Optional<Range<ClassKey>> next =
                Optional.of(Catalog.CLASS_KEY.startingWith(module).limit(pageSize));
        while (next.isPresent()) {
            Page<ClassKey, ClassFacts> page = classes.scan(next.get());
            pages++;
            seen += page.size();
            largest.addAll(page.entries());
            largest.sort(Comparator.comparingLong(
                            (Entry<ClassKey, ClassFacts> each) -> each.value().bytes())
                    .reversed());
            largest.subList(Math.min(count, largest.size()), largest.size()).clear();
            next = page.next();
        }
        return new Largest(largest, pages, seen);
    }

    /** Everything below a type, found range by range in one snapshot. */
    static Set<String> descendants(Snapshot snapshot, String type) {
        Set<String> found = new HashSet<>();
        Queue<String> open = new ArrayDeque<>(List.of(type));
        for (String next = open.poll(); next != null; next = open.poll()) {
            Page<SubtypeKey, Subtype> direct =
                    snapshot.in(Catalog.SUBTYPES).scan(Catalog.SUBTYPE_KEY.startingWith(next));
            for (Entry<SubtypeKey, Subtype> each : direct) {
                if (found.add(each.key().subtype())) {
                    open.add(each.key().subtype());
                }
            }
        }
        return found;
    }

    /** Relations whose subtype has no class record: the two tables are written together, so there are none. */
    static long dangling(Snapshot snapshot) {
        try (Stream<Entry<SubtypeKey, Subtype>> relations = snapshot.in(Catalog.SUBTYPES).stream(Range.all())) {
            return relations
                    .filter(each -> !snapshot.in(Catalog.CLASSES)
                            .contains(new ClassKey(
                                    each.value().module(), each.key().subtype())))
                    .count();
        }
    }
}
