package io.metastore.benchmarks.recovery;

import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Table;
import io.metastore.benchmarks.workload.Records;
import java.util.SplittableRandom;

/** Reads one record after the other as {@code local} from a store, and counts what fails. */
final class LiveReader extends Thread {
    private final Table<String, byte[]> records;
    private final int count;
    private volatile boolean finished;
    private volatile long reads;
    private volatile long failed;
    private volatile long longestNanos;

    LiveReader(MetaStore store, int count) {
        super("reader");
        this.records = store.table(Loss.RECORDS).reading(ReadMode.local());
        this.count = count;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Written by this thread only.
    public void run() {
        SplittableRandom random = new SplittableRandom(7);
        while (!finished) {
            long begin = System.nanoTime();
            if (!isRead(Records.key(random.nextInt(count)))) {
                failed++;
            }
            longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
            reads++;
        }
    }

    private boolean isRead(String key) {
        try {
            return records.get(key).isPresent();
        } catch (MetastoreException e) {
            return false;
        }
    }

    void finish() throws InterruptedException {
        finished = true;
        join();
    }

    long reads() {
        return reads;
    }

    long failed() {
        return failed;
    }

    double longestMillis() {
        return longestNanos / 1e6;
    }
}
