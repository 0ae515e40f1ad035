package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** W5 to W7: what is measured once per opening rather than per operation. */
final class LifecycleWorkloads {
    private static final int SAMPLES = 1_000;
    /** Time for compaction and cleaning to come to rest before the disk is counted. */
    private static final long SETTLE_MILLIS = 5_000;

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
        return measurement(
                1e6 / interruptions.micros(50),
                interruptions,
                cpuMicros / settings.rounds(),
                errors.get(),
                Measurement.UNKNOWN,
                Measurement.UNKNOWN);
    }

    /** The first half of W6: writes the records and closes the members, unless an earlier cell has done so. */
    void fill() throws Exception {
        Path marker = cell.directory().resolve("filled-" + settings.records());
        if (Files.exists(marker)) {
            return;
        }
        try (Cluster cluster = cell.open()) {
            Loading.load(cluster, settings.records(), settings.loaders());
        }
        Files.createFile(marker);
    }

    /** The second half of W6. */
    Measurement reopen() throws Exception {
        long cpuBegin = ProcessResources.cpuNanos();
        long begin = System.nanoTime();
        try (Cluster cluster = cell.open()) {
            Latencies opening = new Latencies();
            long elapsed = System.nanoTime() - begin;
            opening.record(elapsed);
            double cpuMicros = (ProcessResources.cpuNanos() - cpuBegin) / 1_000.0;
            return measurement(
                    settings.records() * 1e9 / elapsed,
                    opening,
                    cpuMicros / settings.records(),
                    missing(cluster),
                    Measurement.UNKNOWN,
                    Measurement.UNKNOWN);
        }
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
            return measurement(
                    settings.records() * 1e9 / elapsed,
                    loading,
                    cpuMicros / settings.records(),
                    errors + missing(cluster),
                    ProcessResources.residentBytes(cluster.otherProcesses()),
                    ProcessResources.diskBytes(cell.directory()));
        }
    }

    /** How many of a sample of records cannot be read back. */
    private long missing(Cluster cluster) {
        if (!cell.driver().capabilities().containsAll(Workload.W3.required())) {
            return 0;
        }
        SplittableRandom random = new SplittableRandom(6);
        long missing = 0;
        for (int i = 0; i < SAMPLES; i++) {
            try {
                byte[] value = cluster.readLocal(Records.key(random.nextInt(settings.records())));
                missing += value != null && value.length == Records.VALUE_BYTES ? 0 : 1;
            } catch (Exception e) {
                missing++;
            }
        }
        return missing;
    }

    /** Garbage is not footprint; a full collection also gives unused heap back to the operating system. */
    @SuppressWarnings("CallsSystemGc")
    private static void collectGarbage() {
        System.gc();
    }

    private Measurement measurement(
            double opsPerSecond,
            Latencies latencies,
            double cpuMicrosPerOp,
            long errors,
            long residentBytes,
            long diskBytes) {
        return new Measurement(
                cell.driver().name(),
                cell.workload(),
                cell.callers(),
                cell.repetition(),
                opsPerSecond,
                latencies.micros(50),
                latencies.micros(99),
                latencies.micros(99.9),
                cpuMicrosPerOp,
                errors,
                residentBytes,
                diskBytes);
    }
}
