package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Writes records 0 to n-1, each once, in scattered order, by many callers through the ordinary durable put. */
final class Loading {
    /** Prime to every count below it and large enough that neighbours land far apart. */
    private static final long STRIDE = 2_147_483_647L;

    private static final int ATTEMPTS_MAX = 100;

    private final Cluster cluster;
    private final int records;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong errors = new AtomicLong();

    private Loading(Cluster cluster, int records) {
        this.cluster = cluster;
        this.records = records;
    }

    /** Returns when all records are written, with the number of attempts that failed. */
    static long load(Cluster cluster, int records, int callers) throws InterruptedException, ExecutionException {
        Loading loading = new Loading(cluster, records);
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int seed = i;
                running.add(threads.submit(() -> loading.write(new SplittableRandom(seed))));
            }
            for (Future<?> caller : running) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return loading.errors.get();
    }

    /** The callable of one caller; null because it has nothing to say. */
    private Void write(SplittableRandom random) throws Exception {
        for (int i = next.getAndIncrement(); i < records; i = next.getAndIncrement()) {
            put(Records.key((int) (i * STRIDE % records)), Records.value(random));
        }
        return null;
    }

    private void put(String key, byte[] value) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                cluster.put(key, value);
                return;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                errors.incrementAndGet();
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
                Thread.sleep(10);
            }
        }
    }
}
