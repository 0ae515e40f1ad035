package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.workload.PhasedLoop.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** CKPT: how long an image takes, what ten of them leave on the disk, and what writers notice of them. */
final class CheckpointWorkload {
    private static final int IMAGES = 10;
    /** 5 % of the records are written again before each image. */
    private static final int CHANGED_SHARE = 20;

    private static final Duration INTERVAL_MAX = Duration.ofSeconds(2);
    private static final int PAIRS_OF_PHASES = 3;
    /** Cleaning has come to rest when the disk was the same for so long. */
    private static final int SAME_SECONDS = 5;

    private static final int SETTLE_SECONDS_MAX = 90;

    private final Cell cell;
    private final Settings settings;
    private final Latencies applyHeld = new Latencies();
    private int turn;

    CheckpointWorkload(Cell cell) {
        this.cell = cell;
        this.settings = cell.settings();
    }

    Measurement measure() throws Exception {
        try (Cluster cluster = cell.open(ImagePlan.ON_REQUEST)) {
            long errors = Loading.load(cluster, settings.records(), settings.loaders());
            cluster.images().makeEverywhere(); // Holds everything; those that are measured hold what has changed.
            Latencies images = new Latencies();
            for (int round = 0; round < IMAGES; round++) {
                errors += change(cluster, round);
                images.record(nanosAtLeader(cluster.images()));
                cluster.images().makeEverywhere();
            }
            Figures figures = disk(Figures.NONE
                    .with(Figure.CHECKPOINT_SECONDS, images.micros(50) / 1e6)
                    .with(Figure.CHECKPOINT_SECONDS_MAX, images.maxMicros() / 1e6));
            return writers(cluster, figures, errors);
        }
    }

    private long change(Cluster cluster, int round) throws Exception {
        int changes = Math.max(1, settings.records() / CHANGED_SHARE);
        return Loading.change(cluster, settings.records(), changes, round, settings.loaders());
    }

    private static long nanosAtLeader(Images images) throws Exception {
        long begin = System.nanoTime();
        images.makeAtLeader();
        return System.nanoTime() - begin;
    }

    private Figures disk(Figures figures) throws Exception {
        double disk = diskAtRest();
        double data = (double) cell.membersWithData() * settings.records() * Records.bytes();
        return figures.with(Figure.DISK_BYTES, disk)
                .with(Figure.DATA_BYTES, data)
                .with(Figure.DISK_RATIO, disk / data);
    }

    /** As merges go on for longer when the machine is busy with other things. */
    private double diskAtRest() throws Exception {
        long disk = ProcessResources.diskBytes(cell.directory());
        int same = 0;
        for (int second = 0; second < SETTLE_SECONDS_MAX && same < SAME_SECONDS; second++) {
            TimeUnit.SECONDS.sleep(1);
            long now = ProcessResources.diskBytes(cell.directory());
            same = now == disk ? same + 1 : 0;
            disk = now;
        }
        return disk;
    }

    private Measurement writers(Cluster cluster, Figures figures, long errorsBefore) throws Exception {
        PhasedLoop loop = PhasedLoop.start(
                cell.callers(),
                () -> ProcessResources.cpuNanos(cluster.otherProcesses()),
                random -> cluster.put(Records.key(random.nextInt(settings.records())), Records.value(random)));
        int rounds = 0;
        try {
            loop.stay(Phase.UNCOUNTED, settings.warmUp());
            for (int pair = 0; pair < PAIRS_OF_PHASES; pair++) {
                loop.stay(Phase.QUIET, settings.measured());
                loop.begin(Phase.DISTURBED);
                rounds += makeImages(cluster.images());
            }
        } finally {
            loop.end();
        }
        PhasedLoop.Result disturbed = loop.result(Phase.DISTURBED);
        Figures all = applyHeld.count() == 0
                ? figures
                : figures.with(Figure.APPLY_HELD_SECONDS, applyHeld.micros(50) / 1e6)
                        .with(Figure.APPLY_HELD_SECONDS_MAX, applyHeld.maxMicros() / 1e6);
        return cell.measurement(
                disturbed.opsPerSecond(),
                disturbed.latencies(),
                disturbed.cpuMicrosPerOp(),
                errorsBefore + loop.errors(),
                Disturbance.compare(loop, all.with(Figure.ROUNDS, rounds)));
    }

    /**
     * At each member every two seconds, for as long as a phase lasts: one after another at even distances, or all at once. The first after half of the distance, so that
     * what it does ends in this phase.
     */
    private int makeImages(Images images) throws Exception {
        int members = settings.imagesAtOnce() ? 1 : cell.membersWithData();
        long interval = Math.min(INTERVAL_MAX.toNanos(), settings.measured().toNanos() / 2) / members;
        long end = System.nanoTime() + settings.measured().toNanos();
        int made = 0;
        for (long next = System.nanoTime() + interval / 2; next - end < 0; next += interval) {
            sleepUntil(next);
            if (settings.imagesAtOnce()) {
                images.makeEverywhere();
            } else {
                images.makeInTurn(turn++);
            }
            images.applyHeldSeconds().ifPresent(held -> applyHeld.record(Math.round(held * 1e9)));
            made++;
        }
        sleepUntil(end);
        return made;
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime()); // At once when it is past.
    }
}
