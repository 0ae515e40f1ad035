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
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** Writes a number of records by many callers through the ordinary durable put, as fast as that goes. */
final class Loading {
    /** Prime to every count below it and large enough that neighbours land far apart. */
    private static final long STRIDE = 2_147_483_647L;

    private static final int ATTEMPTS_MAX = 100;

    private final Cluster cluster;
    private final int puts;
    private final IntUnaryOperator records;
    private final Function<SplittableRandom, byte[]> values;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong errors = new AtomicLong();

    private Loading(Cluster cluster, int puts, IntUnaryOperator records, Function<SplittableRandom, byte[]> values) {
        this.cluster = cluster;
        this.puts = puts;
        this.records = records;
        this.values = values;
    }

    /** Writes records 0 to n-1, each once, in scattered order. Returns when all are written, with the number of attempts that failed. */
    static long load(Cluster cluster, int records, int callers) throws InterruptedException, ExecutionException {
        return load(cluster, records, callers, Records::value);
    }

    /** The same with values of a kind. */
    static long load(Cluster cluster, int records, int callers, Function<SplittableRandom, byte[]> values)
            throws InterruptedException, ExecutionException {
        return new Loading(cluster, records, i -> (int) (i * STRIDE % records), values).run(callers);
    }

    /**
     * Writes that many of the records again, scattered over all of them.
     *
     * @param round each changes others
     */
    static long change(Cluster cluster, int records, int changes, int round, int callers)
            throws InterruptedException, ExecutionException {
        long first = (long) round * changes;
        return new Loading(cluster, changes, i -> (int) ((first + i) % records * STRIDE % records), Records::value)
                .run(callers);
    }

    private long run(int callers) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int seed = i;
                running.add(threads.submit(() -> write(new SplittableRandom(seed))));
            }
            for (Future<?> caller : running) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return errors.get();
    }

    /** The callable of one caller; null because it has nothing to say. */
    private Void write(SplittableRandom random) throws Exception {
        for (int i = next.getAndIncrement(); i < puts; i = next.getAndIncrement()) {
            put(Records.key(records.applyAsInt(i)), values.apply(random));
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
