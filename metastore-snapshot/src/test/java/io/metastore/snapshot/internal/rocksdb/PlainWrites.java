package io.metastore.snapshot.internal.rocksdb;

import io.metastore.snapshot.files.DiskFileLayer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** What RocksDB itself does with the same options, keys and values: the yardstick for applying. */
public final class PlainWrites {

    private PlainWrites() {}

    /** What a measured stretch took. */
    public record Cost(long nanos, long cpuNanos) {
        public double perSecond(int operations) {
            return operations * 1e9 / nanos;
        }
    }

    /** Runs from its creation. */
    public static final class Clock {
        private final long nanos = System.nanoTime();
        private final long cpuNanos = cpu();

        public Cost cost() {
            return new Cost(System.nanoTime() - nanos, cpu() - cpuNanos);
        }

        private static long cpu() {
            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
    }

    /** Writes all pairs in batches; returns what it took. */
    public static Cost run(Path directory, RocksSettings settings, List<byte[]> keys, byte[][] values, int batchSize)
            throws RocksDBException {
        try (RocksStore store = RocksStore.open(new DiskFileLayer(), directory, settings, () -> false);
                WriteOptions options = new WriteOptions().setDisableWAL(true);
                WriteBatch batch = new WriteBatch()) {
            Clock clock = new Clock();
            for (int i = 0; i < keys.size(); i += batchSize) {
                for (int j = i; j < i + batchSize; j++) {
                    batch.put(store.handle(Family.DATA), keys.get(j), values[j % values.length]);
                }
                store.db().write(options, batch);
                batch.clear();
            }
            return clock.cost();
        }
    }
}
