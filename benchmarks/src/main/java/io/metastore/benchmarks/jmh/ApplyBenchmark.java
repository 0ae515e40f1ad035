package io.metastore.benchmarks.jmh;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What the thread that applies the journal does with entries of single-key puts: decoding, sessions, feed, fingerprint and position included, on the
 * disk. Entries are encoded outside of the measured time. Score: puts per second, whatever the size of the entry; {@link RocksDbWriteBatchBenchmark} is
 * the baseline, {@link ApplyRatio} holds one against the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class ApplyBenchmark {
    /** Puts per invocation, in entries of {@link #batchPuts}. */
    static final int PUTS = 2_048;

    /** How many transactions go into one entry; divides {@link #PUTS}. */
    @Param({"1", "16", "128"})
    private int batchPuts = 1;

    private final FreshPuts puts = new FreshPuts();
    private ByteBuffer[] entries = {};
    private long index;
    private @Nullable ScratchDirectory directory;
    private @Nullable MetaState state;

    @Setup
    public void open() throws IOException {
        ScratchDirectory created = ScratchDirectory.create("apply-benchmark");
        directory = created;
        MetaState opened = MetaState.open(
                created.path().resolve("state"), MetaState.Options.defaults("benchmark"), CommandRuntime.NONE);
        state = opened;
        opened.apply(next(), puts.registration());
        entries = new ByteBuffer[PUTS / batchPuts];
    }

    @Setup(Level.Invocation)
    public void encodeEntries() {
        for (int i = 0; i < entries.length; i++) {
            entries[i] = puts.entry(puts.batch(batchPuts));
        }
    }

    @Benchmark
    @OperationsPerInvocation(PUTS)
    public void apply(Blackhole outcomes, ThreadCpu cpu) {
        long begin = ThreadCpu.now();
        MetaState open = Objects.requireNonNull(state);
        for (ByteBuffer entry : entries) {
            BatchOutcome outcome = open.apply(next(), entry);
            outcomes.consume(outcome);
        }
        cpu.count(begin, PUTS);
    }

    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(state).close();
        Objects.requireNonNull(directory).close();
    }

    private LogPosition next() {
        return new LogPosition(1, index++);
    }
}
