package io.metastore.benchmarks.jmh;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalEntry;
import io.metastore.snapshot.journal.TransactionResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What becomes bytes and back on the way of a write, checksums included. Score: microseconds for a batch of {@link #batchPuts} puts. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class JournalCodecBenchmark {
    @Param({"1", "16", "128"})
    private int batchPuts = 1;

    private @Nullable JournalBatch batch;
    private @Nullable BatchOutcome outcome;
    private byte[] encodedBatch = {};
    private byte[] encodedOutcome = {};
    private ByteBuffer entry = ByteBuffer.allocate(0);

    @Setup
    public void make() {
        FreshPuts puts = new FreshPuts();
        JournalBatch made = puts.batch(batchPuts);
        batch = made;
        encodedBatch = JournalCodec.encodeBatch(made);
        entry = puts.entry(made);
        BatchOutcome applied = outcomeOf(made);
        outcome = applied;
        encodedOutcome = JournalCodec.encodeOutcome(applied);
    }

    private BatchOutcome outcomeOf(JournalBatch made) {
        List<TransactionResult> results = new ArrayList<>();
        for (int i = 0; i < batchPuts; i++) {
            results.add(new TransactionResult.Applied(1_000_000 + i, true, true, new long[] {1}));
        }
        BatchOutcome.Status status = BatchOutcome.Status.APPLIED;
        return new BatchOutcome(made.session(), made.sequence(), status, 1, new LogPosition(3, 10_000), results);
    }

    @Benchmark
    public byte[] encodeBatch() {
        return JournalCodec.encodeBatch(Objects.requireNonNull(batch));
    }

    @Benchmark
    public byte[] encodeEntry() {
        return JournalCodec.encodeEntry(1_800_000_000_000L, 10_000, encodedBatch);
    }

    @Benchmark
    public JournalEntry decodeEntry() {
        return JournalCodec.decodeEntry(entry);
    }

    @Benchmark
    public byte[] encodeOutcome() {
        return JournalCodec.encodeOutcome(Objects.requireNonNull(outcome));
    }

    @Benchmark
    public BatchOutcome decodeOutcome() {
        return JournalCodec.decodeOutcome(encodedOutcome);
    }
}
