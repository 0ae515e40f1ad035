package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.workload.PhasedLoop.Phase;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A member comes back under constant writes, when the journal does not reach back to it any more. SHIP: it was down for most of the load; W8: it has lost all
 * it had.
 */
final class ShippingWorkload {
    /** The member goes down when this share of the records is there. */
    private static final int LOADED_BEFORE_SHARE = 20;
    /** A journal that is purged by whole files needs some length first; only few records do not bring it by themselves. */
    private static final int FILLER_ROUNDS_MAX = 20;

    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final long PURGE_NANOS_MAX = 2_000_000_000;
    private static final int FILLER_PUTS = 160;
    private static final int FILLER_KEYS = 8;
    private static final int FILLER_BYTES = 128 << 10;

    private final Cell cell;
    private final Settings settings;

    ShippingWorkload(Cell cell) {
        this.cell = cell;
        this.settings = cell.settings();
    }

    Measurement measure() throws Exception {
        try (Cluster cluster = cell.open(ImagePlan.ON_REQUEST)) {
            int first = wiped() ? settings.records() : Math.max(1, settings.records() / LOADED_BEFORE_SHARE);
            long errors = Loading.load(cluster, first, settings.loaders());
            errors += warmUp(cluster);
            cluster.stopFollower();
            if (!wiped()) {
                errors += Loading.load(cluster, settings.records(), settings.loaders());
            }
            leaveBehind(cluster);
            for (int i = 0; i < settings.rehearsals(); i++) {
                errors += rehearse(cluster);
            }
            return bringBack(cluster, errors);
        }
    }

    /** What only a member that comes back runs is compiled then: beside all the members, which in service are not in the process that compiles it. */
    private long rehearse(Cluster cluster) throws Exception {
        PhasedLoop loop = writers(cluster);
        try {
            restart(cluster);
            loop.stay(Phase.UNCOUNTED, settings.warmUp());
        } finally {
            loop.end();
        }
        cluster.stopFollower();
        leaveBehind(cluster);
        return loop.errors();
    }

    private void restart(Cluster cluster) throws Exception {
        if (wiped()) {
            cluster.restartStoppedEmpty();
        } else {
            cluster.restartStopped();
        }
    }

    /** Before the member goes down: what is written afterwards is what it has to catch up with. */
    private long warmUp(Cluster cluster) throws InterruptedException {
        PhasedLoop loop = writers(cluster);
        try {
            loop.stay(Phase.UNCOUNTED, settings.warmUp());
        } finally {
            loop.end();
        }
        return loop.errors();
    }

    private PhasedLoop writers(Cluster cluster) {
        return PhasedLoop.start(
                cell.callers(),
                () -> ProcessResources.cpuNanos(cluster.otherProcesses()),
                random -> cluster.put(Records.key(random.nextInt(settings.records())), Records.value(random)));
    }

    private boolean wiped() {
        return cell.workload() == Workload.W8;
    }

    /** Makes images until the stopped member needs one. */
    private static void leaveBehind(Cluster cluster) throws Exception {
        Images images = cluster.images();
        SplittableRandom random = new SplittableRandom(7);
        byte[] value = new byte[FILLER_BYTES];
        images.makeEverywhere();
        for (int round = 0; round < FILLER_ROUNDS_MAX; round++) {
            cluster.put("filler", Records.value(random)); // The journal is kept for the image before the newest.
            images.makeEverywhere();
            if (isPurged(images)) {
                return;
            }
            for (int i = 0; i < FILLER_PUTS; i++) {
                random.nextBytes(value);
                cluster.put("filler/" + i % FILLER_KEYS, value.clone());
            }
            images.makeEverywhere();
        }
        throw new IllegalStateException("the journal still reaches back to the stopped member: cluster=" + cluster);
    }

    /** Purging may go on for a moment when the image is there. */
    private static boolean isPurged(Images images) throws Exception {
        long end = System.nanoTime() + PURGE_NANOS_MAX;
        boolean purged = images.journalPurgedPastStopped();
        while (!purged && System.nanoTime() - end < 0) {
            Thread.sleep(10);
            purged = images.journalPurgedPastStopped();
        }
        return purged;
    }

    private Measurement bringBack(Cluster cluster, long errorsBefore) throws Exception {
        long receivedBefore = cluster.images().receivedBytes();
        PhasedLoop loop = writers(cluster);
        double seconds;
        try {
            loop.stay(Phase.UNCOUNTED, SETTLE);
            loop.stay(Phase.QUIET, settings.measured());
            loop.begin(Phase.DISTURBED);
            long begin = System.nanoTime();
            restart(cluster);
            seconds = (System.nanoTime() - begin) / 1e9;
            loop.stay(Phase.WHOLE, settings.measured());
        } finally {
            loop.end();
        }
        long received = cluster.images().receivedBytes() - receivedBefore;
        if (received <= 0) {
            throw new IllegalStateException("the member got level without an image: cluster=" + cluster);
        }
        PhasedLoop.Result disturbed = loop.result(Phase.DISTURBED);
        PhasedLoop.Result whole = loop.result(Phase.WHOLE);
        double wholeP99 = whole.latencies().micros(99);
        Figures figures = Figures.NONE
                .with(Figure.LEVEL_SECONDS, seconds)
                .with(Figure.SHIPPED_BYTES, received)
                .with(Figure.WHOLE_OPS_PER_SECOND, whole.opsPerSecond())
                .with(Figure.WHOLE_P99_MICROS, wholeP99)
                .with(Figure.WHOLE_THROUGHPUT_RATIO, disturbed.opsPerSecond() / whole.opsPerSecond())
                .with(Figure.WHOLE_P99_RATIO, disturbed.latencies().micros(99) / wholeP99);
        return cell.measurement(
                disturbed.opsPerSecond(),
                disturbed.latencies(),
                disturbed.cpuMicrosPerOp(),
                errorsBefore + loop.errors(),
                Disturbance.compare(loop, figures));
    }
}
