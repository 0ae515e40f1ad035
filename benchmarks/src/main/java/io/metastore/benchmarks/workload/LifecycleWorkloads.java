package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** W5 and W7: what is measured once per opening rather than per operation. */
final class LifecycleWorkloads {
    private static final int SAMPLES = 1_000;
    /** Time for compaction and cleaning to come to rest before the disk is counted. */
    private static final long SETTLE_MILLIS = 5_000;
    /** The collector gives memory back to the operating system beside the application, some time after it was asked to collect. */
    private static final long UNCOMMIT_MILLIS = 3_000;

    private final Cell cell;
    private final Settings settings;

    LifecycleWorkloads(Cell cell) {
        this.cell = cell;
        this.settings = cell.settings();
    }

    /** W5. */
    Measurement failover() throws Exception {
        AtomicLong errors = new AtomicLong();
        Latencies interruptions = new Latencies();
        long cpuBegin = ProcessResources.cpuNanos();
        try (Cluster cluster = cell.open()) {
            ClosedLoop.run(
                    1, settings.warmUp(), settings.measured(), random -> cluster.put("warm-up", Records.value(random)));
            for (int round = 0; round < settings.rounds(); round++) {
                interruptions.record(new Failover(cluster, errors).interruptionNanos());
                cluster.restartStopped();
            }
        }
        double cpuMicros = (ProcessResources.cpuNanos() - cpuBegin) / 1_000.0;
        return cell.measurement(
                1e6 / interruptions.micros(50),
                interruptions,
                cpuMicros / settings.rounds(),
                errors.get(),
                Figures.NONE);
    }

    /** W7. */
    Measurement footprint() throws Exception {
        long cpuBegin = ProcessResources.cpuNanos();
        long begin = System.nanoTime();
        try (Cluster cluster = cell.open()) {
            long errors = Loading.load(cluster, settings.records(), settings.loaders());
            Latencies loading = new Latencies();
            long elapsed = System.nanoTime() - begin;
            loading.record(elapsed);
            double cpuMicros = (ProcessResources.cpuNanos() - cpuBegin) / 1_000.0;
            Thread.sleep(SETTLE_MILLIS);
            collectGarbage();
            Thread.sleep(UNCOMMIT_MILLIS);
            Figures figures = Figures.NONE.with(Figure.DISK_BYTES, ProcessResources.diskBytes(cell.directory()));
            OptionalLong resident = ProcessResources.residentBytes(cluster.otherProcesses());
            return cell.measurement(
                    settings.records() * 1e9 / elapsed,
                    loading,
                    cpuMicros / settings.records(),
                    errors + missing(cluster),
                    resident.isPresent() ? figures.with(Figure.RESIDENT_BYTES, resident.getAsLong()) : figures);
        }
    }

    private long missing(Cluster cluster) {
        return cell.driver().capabilities().containsAll(Workload.W3.required())
                ? Sampling.missing(cluster, settings.records(), SAMPLES)
                : 0;
    }

    /** Garbage is not footprint; a full collection also gives unused heap back to the operating system. */
    @SuppressWarnings("CallsSystemGc")
    private static void collectGarbage() {
        System.gc();
    }
}
