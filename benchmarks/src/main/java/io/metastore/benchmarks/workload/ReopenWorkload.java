package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** W6, opened after they were closed, and W6I, opened after they died with transactions past their images. */
final class ReopenWorkload {
    private static final int SAMPLES = 1_000;
    private static final int AGAIN = 5;
    /** Written last: who has it has replayed everything. */
    private static final String LAST_KEY = "last";

    private final Cell cell;
    private final Settings settings;

    ReopenWorkload(Cell cell) {
        this.cell = cell;
        this.settings = cell.settings();
    }

    /** Writes the records and ends the members, unless an earlier cell has done so. */
    void fill() throws Exception {
        Path marker = cell.directory().resolve("filled-" + settings.records());
        if (Files.exists(marker)) {
            return;
        }
        try (Cluster cluster = cell.open(plan())) {
            Loading.load(cluster, settings.records(), settings.loaders());
            if (pastImage()) {
                writePastImage(cluster);
            }
        }
        Files.createFile(marker);
    }

    /** Opening until a leader accepts writes and all have caught up, in a JVM that has done nothing before; W6 does so again a few times. */
    Measurement reopen() throws Exception {
        Measurement first = firstOpening();
        return pastImage() ? first : first.with(Figures.NONE.with(Figure.AGAIN_SECONDS, againSeconds()));
    }

    private Measurement firstOpening() throws Exception {
        long cpuBegin = ProcessResources.cpuNanos();
        long begin = System.nanoTime();
        try (Cluster cluster = cell.open(plan())) {
            Latencies opening = new Latencies();
            long elapsed = System.nanoTime() - begin;
            opening.record(elapsed);
            double cpuMicros = (ProcessResources.cpuNanos() - cpuBegin) / 1_000.0;
            int units = pastImage() ? settings.transactions() : settings.records();
            return cell.measurement(units * 1e9 / elapsed, opening, cpuMicros / units, missing(cluster), Figures.NONE);
        }
    }

    private double againSeconds() throws Exception {
        double[] seconds = new double[AGAIN];
        for (int i = 0; i < AGAIN; i++) {
            long begin = System.nanoTime();
            seconds[i] = secondsSince(begin, cell.open(plan()));
        }
        Arrays.sort(seconds);
        return seconds[AGAIN / 2];
    }

    private static double secondsSince(long begin, Cluster opened) throws Exception {
        try (opened) {
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    private void writePastImage(Cluster cluster) throws Exception {
        cluster.images().makeEverywhere();
        Loading.change(cluster, settings.records(), settings.transactions(), 0, settings.loaders());
        cluster.put(LAST_KEY, lastValue());
        cluster.crash();
    }

    private long missing(Cluster cluster) throws Exception {
        if (!cell.driver().capabilities().containsAll(Workload.W3.required())) {
            return 0;
        }
        boolean lastMissing = pastImage() && !Arrays.equals(lastValue(), cluster.readLocal(LAST_KEY));
        return Sampling.missing(cluster, settings.records(), SAMPLES) + (lastMissing ? 1 : 0);
    }

    private boolean pastImage() {
        return cell.workload() == Workload.W6I;
    }

    private ImagePlan plan() {
        return pastImage() ? ImagePlan.ON_REQUEST : ImagePlan.DEFAULT;
    }

    private static byte[] lastValue() {
        return Records.value(new SplittableRandom(8));
    }
}
