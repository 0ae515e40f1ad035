package io.metastore.examples;

import io.metastore.api.Batch;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.ReadMode;
import io.metastore.api.Transaction;
import io.metastore.examples.Catalog.ClassFacts;
import io.metastore.examples.Catalog.ClassKey;
import io.metastore.examples.Catalog.PackageKey;
import io.metastore.examples.Catalog.PackageTotals;
import io.metastore.examples.Catalog.Relation;
import io.metastore.examples.Catalog.Subtype;
import io.metastore.examples.Catalog.SubtypeKey;
import io.metastore.examples.RunningJdk.ClassFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Loads a JDK into the store: several threads, each at a member of its own, each transaction a slice of one module's classes with their
 * relations and the new totals of their packages.
 *
 * <p>Two threads may be at two slices of one package: then both read its totals, one commits, and the other one's closure runs again. What
 * was loaded before is left alone, so a load that was interrupted is simply started again.
 */
final class CatalogLoader {

    /** A thread looks at a whole snapshot after this many transactions of its own. */
    private static final int TRANSACTIONS_PER_CHECK = 8;

    /**
     * What a load did.
     *
     * @param records written, counting a package once for every transaction that changed it
     * @param transactions that were committed
     * @param repeats runs of closures beyond the first
     * @param snapshots read while the load went on
     * @param torn those of them in which classes and package totals did not agree: must be 0
     */
    record Figures(long records, long transactions, long repeats, long snapshots, long torn, Duration elapsed) {}

    private record ReadClass(ClassFile file, ClassFacts facts) {}

    private final RunningJdk jdk;
    private final LoadProgress progress;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong snapshots = new AtomicLong();
    private final AtomicLong torn = new AtomicLong();

    CatalogLoader(RunningJdk jdk, LoadProgress progress) {
        this.jdk = jdk;
        this.progress = progress;
    }

    /**
     * Loads everything.
     *
     * @param stores where to write: one thread for each
     * @param slice classes of one transaction, at most
     */
    Figures load(List<MetaStore> stores, int slice) throws InterruptedException {
        long start = System.nanoTime();
        loadModules(stores.get(0));
        Queue<List<ClassFile>> slices = new ConcurrentLinkedQueue<>(slices(slice));
        List<Callable<Void>> tasks = new ArrayList<>();
        for (MetaStore store : stores) {
            tasks.add(() -> loadSlices(store, slices));
        }
        try (Workers<Void> workers = Workers.start("loader", tasks)) {
            workers.results();
        }
        return new Figures(
                records.get(),
                transactions.get(),
                runs.get() - (transactions.get() - 1), // The modules were a batch: no closure.
                snapshots.get(),
                torn.get(),
                Report.since(start));
    }

    /** All modules in one round trip, without reading anything first. */
    private void loadModules(MetaStore store) {
        List<Op> puts = new ArrayList<>();
        jdk.modules().forEach((name, facts) -> puts.add(Op.put(Catalog.MODULES, name, facts)));
        store.apply(Batch.of(puts));
        records.addAndGet(puts.size());
        transactions.incrementAndGet();
    }

    /** The class files in slices of one module each. */
    private List<List<ClassFile>> slices(int size) {
        List<List<ClassFile>> slices = new ArrayList<>();
        List<ClassFile> slice = new ArrayList<>();
        String module = "";
        for (ClassFile file : jdk.classFiles()) {
            if (!slice.isEmpty()
                    && (slice.size() == size || !file.key().module().equals(module))) {
                slices.add(slice);
                slice = new ArrayList<>();
            }
            module = file.key().module();
            slice.add(file);
        }
        if (!slice.isEmpty()) {
            slices.add(slice);
        }
        return slices;
    }

    // A callable that only has effects returns null by definition.
    @SuppressWarnings("NullAway")
    private Void loadSlices(MetaStore store, Queue<List<ClassFile>> slices) throws IOException {
        int done = 0;
        for (List<ClassFile> slice = slices.poll(); slice != null; slice = slices.poll()) {
            List<ReadClass> classes = new ArrayList<>();
            for (ClassFile file : slice) {
                classes.add(new ReadClass(file, file.read())); // Files are read out here: a closure may run twice.
            }
            long written = store.compute(tx -> {
                        runs.incrementAndGet(); // The one thing that should count every run.
                        return write(tx, classes);
                    })
                    .value();
            records.addAndGet(written);
            transactions.incrementAndGet();
            progress.step(slice.size());
            if (++done % TRANSACTIONS_PER_CHECK == 0) {
                check(store);
            }
        }
        return null;
    }

    private long write(Transaction tx, List<ReadClass> classes) {
        Map<PackageKey, PackageTotals> packages = new LinkedHashMap<>();
        long written = 0;
        for (ReadClass each : classes) {
            ClassKey key = each.file().key();
            ClassFacts facts = each.facts();
            if (!tx.in(Catalog.CLASSES).putIfAbsent(key, facts)) {
                continue; // An earlier run got this far.
            }
            written += 1 + writeRelations(tx, key, facts);
            PackageKey packageKey = new PackageKey(key.module(), each.file().packageName());
            packages.computeIfAbsent(
                    packageKey, it -> tx.in(Catalog.PACKAGES).get(it).orElseGet(() -> empty(it)));
            packages.computeIfPresent(packageKey, (it, totals) -> totals.plus(facts.bytes()));
        }
        packages.forEach(tx.in(Catalog.PACKAGES)::put);
        return written + packages.size();
    }

    private static int writeRelations(Transaction tx, ClassKey key, ClassFacts facts) {
        Map<String, Relation> supertypes = new LinkedHashMap<>();
        if (!facts.isInterface()) { // The class file of an interface names Object, which it does not extend.
            facts.superclass().ifPresent(superclass -> supertypes.put(superclass, Relation.EXTENDS));
        }
        Relation toInterfaces = facts.isInterface() ? Relation.EXTENDS : Relation.IMPLEMENTS;
        facts.interfaces().forEach(name -> supertypes.put(name, toInterfaces));
        supertypes.forEach((supertype, relation) -> tx.in(Catalog.SUBTYPES)
                .put(new SubtypeKey(supertype, key.name()), new Subtype(key.module(), relation)));
        return supertypes.size();
    }

    private PackageTotals empty(PackageKey key) {
        Catalog.ModuleFacts module = jdk.modules().get(key.module());
        return new PackageTotals(module != null && module.exports().contains(key.name()), 0, 0);
    }

    /** Reads what this member has right now, in the middle of it all; no other member is asked. */
    private void check(MetaStore store) {
        boolean whole = store.read(ReadMode.local(), CatalogQueries::totals).consistent();
        snapshots.incrementAndGet();
        if (!whole) {
            torn.incrementAndGet();
        }
    }
}
