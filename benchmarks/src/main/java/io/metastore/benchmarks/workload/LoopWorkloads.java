package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** W1, W1C, W2, W3 and W4: closed loops over a fixed set of keys. */
final class LoopWorkloads {
    private static final int WRITE_PERCENT = 5;
    private static final int CLOSURE_READS = 4;
    private static final int CLOSURE_WRITES = 2;
    private static final Duration CATCH_UP_MAX = Duration.ofMinutes(1);

    private final Cell cell;
    private final int keys;

    LoopWorkloads(Cell cell) {
        this.cell = cell;
        this.keys = cell.settings().keys();
    }

    Measurement measure() throws Exception {
        Settings settings = cell.settings();
        try (Cluster cluster = cell.open()) {
            long loadErrors = cell.workload() == Workload.W1 ? 0 : Loading.load(cluster, keys, settings.loaders());
            if (cell.workload() == Workload.W3) {
                awaitLocalRecords(cluster);
            }
            ClosedLoop.Result result = ClosedLoop.run(
                    cell.callers(),
                    settings.warmUp(),
                    settings.measured(),
                    () -> ProcessResources.cpuNanos(cluster.otherProcesses()),
                    operation(cluster));
            return cell.measurement(
                    result.opsPerSecond(),
                    result.latencies(),
                    result.cpuMicrosPerOp(),
                    loadErrors + result.errors(),
                    Figures.NONE);
        }
    }

    /** The member that is read may be behind the majority that acknowledged the records. */
    private void awaitLocalRecords(Cluster cluster) throws InterruptedException {
        for (int i = 0; i < keys; i++) {
            String key = Records.key(i);
            Await.until("records at the member that is read", CATCH_UP_MAX, () -> cluster.readLocal(key) != null);
        }
    }

    private ClosedLoop.Operation operation(Cluster cluster) {
        return switch (cell.workload()) {
            case W1 -> random -> put(cluster, random);
            case W1C -> random -> transact(cluster, random);
            case W2 -> random -> check(cluster.readStrong(key(random)));
            case W3 -> random -> check(cluster.readLocal(key(random)));
            case W4 ->
                random -> {
                    if (random.nextInt(100) < WRITE_PERCENT) {
                        put(cluster, random);
                    } else {
                        check(cluster.readStrong(key(random)));
                    }
                };
            case W5, W6, W6I, W7, CKPT, SHIP, W8, ARCHIVE, ARCHIVEC ->
                throw new IllegalStateException("not a closed loop: workload=" + cell.workload());
        };
    }

    private void put(Cluster cluster, SplittableRandom random) throws Exception {
        cluster.put(key(random), Records.value(random));
    }

    /** Two of the records that were read are written, as one does who changes what he has looked at. */
    private void transact(Cluster cluster, SplittableRandom random) throws Exception {
        Set<String> distinct = new LinkedHashSet<>();
        while (distinct.size() < Math.min(CLOSURE_READS, keys)) {
            distinct.add(key(random));
        }
        List<String> reads = List.copyOf(distinct);
        cluster.transact(reads, reads.subList(0, Math.min(CLOSURE_WRITES, keys)), Records.value(random));
    }

    private String key(SplittableRandom random) {
        return Records.key(random.nextInt(keys));
    }

    /** Every key exists before the readers begin, so anything else is an error of the system or of its driver. */
    private static void check(byte @Nullable [] value) {
        if (value == null || value.length != Records.VALUE_BYTES) {
            throw new IllegalStateException("wrong value: expectedBytes=" + Records.VALUE_BYTES + " found="
                    + (value == null ? "none" : value.length));
        }
    }
}
