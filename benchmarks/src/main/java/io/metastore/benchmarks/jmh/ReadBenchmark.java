package io.metastore.benchmarks.jmh;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.RecordSource.RecordCursor;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.io.IOException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** Reads of a state that holds 10,000 records: all of them in key order, and single ones at random. Score: records per second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {
    private static final int RECORDS = 10_000;
    private static final int GETS = 1_000;
    private static final int BATCH_PUTS = 100;
    private static final byte[] FIRST_KEY = {};

    /** Whether they are in table files, in cached blocks, or where the apply thread has just written them. */
    @Param({"false", "true"})
    private boolean flushed;

    private final SplittableRandom random = new SplittableRandom(11);
    private final byte[][] keys = new byte[RECORDS][];
    private @Nullable ScratchDirectory directory;
    private @Nullable MetaState state;

    @Setup
    public void load() throws IOException {
        ScratchDirectory created = ScratchDirectory.create("read-benchmark");
        directory = created;
        MetaState opened = MetaState.open(
                created.path().resolve("state"), MetaState.Options.defaults("benchmark"), CommandRuntime.NONE);
        state = opened;
        FreshPuts puts = new FreshPuts();
        opened.apply(new LogPosition(1, 0), puts.registration());
        for (int i = 1; i <= RECORDS / BATCH_PUTS; i++) {
            opened.apply(new LogPosition(1, i), puts.entry(puts.batch(BATCH_PUTS)));
        }
        for (int i = 0; i < RECORDS; i++) {
            keys[i] = FreshPuts.key(i);
        }
        if (flushed) {
            opened.flush();
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void scan(Blackhole records) {
        int found = 0;
        try (StateView view = open().view();
                RecordCursor cursor = view.scan(FreshPuts.TABLE, FIRST_KEY, null, false)) {
            for (StoredRecord record = cursor.next(); record != null; record = cursor.next()) {
                records.consume(record);
                found++;
            }
        }
        if (found != RECORDS) {
            throw new IllegalStateException("records are missing: expected=" + RECORDS + " found=" + found);
        }
    }

    @Benchmark
    @OperationsPerInvocation(GETS)
    public void get(Blackhole records) {
        MetaState open = open();
        for (int i = 0; i < GETS; i++) {
            records.consume(Objects.requireNonNull(open.get(FreshPuts.TABLE, keys[random.nextInt(RECORDS)])));
        }
    }

    @TearDown
    public void close() throws IOException {
        open().close();
        Objects.requireNonNull(directory).close();
    }

    private MetaState open() {
        return Objects.requireNonNull(state);
    }
}
