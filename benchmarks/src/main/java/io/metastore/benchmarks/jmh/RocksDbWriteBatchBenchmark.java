package io.metastore.benchmarks.jmh;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What RocksDB alone does on one thread with batches that bypass its log: the baseline of {@link ApplyBenchmark}, with the same keys and values, which are
 * made outside of the measured time. RocksDB's default options. Score: puts per second, whatever the size of the batch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class RocksDbWriteBatchBenchmark {
    private static final int PUTS = ApplyBenchmark.PUTS;

    /** How many puts go into one batch; divides {@link #PUTS}. */
    @Param({"1", "16", "128"})
    private int batchPuts = 1;

    private final FreshPuts puts = new FreshPuts();
    private final byte[][] keys = new byte[PUTS][];
    private final byte[][] values = new byte[PUTS][];
    private @Nullable ScratchDirectory directory;
    private @Nullable RocksDB database;

    @Setup
    public void open() throws IOException, RocksDBException {
        ScratchDirectory created = ScratchDirectory.create("rocksdb-benchmark");
        directory = created;
        try (Options options = new Options().setCreateIfMissing(true)) {
            database = RocksDB.open(options, created.path().toString());
        }
    }

    @Setup(Level.Invocation)
    public void makeRecords() {
        for (int i = 0; i < PUTS; i++) {
            keys[i] = puts.key();
            values[i] = puts.value();
        }
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public void putWithoutLog(ThreadCpu cpu) throws RocksDBException {
        long begin = ThreadCpu.now();
        RocksDB open = Objects.requireNonNull(database);
        try (WriteOptions options = new WriteOptions().setDisableWAL(true);
                WriteBatch batch = new WriteBatch()) {
            for (int written = 0; written < PUTS; written += batchPuts) {
                for (int i = written; i < written + batchPuts; i++) {
                    batch.put(keys[i], values[i]);
                }
                open.write(options, batch);
                batch.clear();
            }
        }
        cpu.count(begin, PUTS);
    }

    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(database).close();
        Objects.requireNonNull(directory).close();
    }
}
