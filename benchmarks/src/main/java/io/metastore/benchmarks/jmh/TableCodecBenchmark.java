package io.metastore.benchmarks.jmh;

import io.metastore.api.Codec;
import io.metastore.api.Codecs;
import io.metastore.api.KeyCodec;
import io.metastore.benchmarks.workload.Records;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The codecs of keys and values as applications use them. Score: nanoseconds for one key or value. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TableCodecBenchmark {
    /** A key of three parts. */
    public record PartitionKey(String database, long table, String partition) {}

    /** A value as metadata has them. */
    public record Partition(long id, String name, Instant createdAt, long rows, List<Long> replicas) {}

    private static final KeyCodec<String> UTF8 = Codecs.utf8();
    private static final KeyCodec<PartitionKey> TUPLE =
            Codecs.tuple(PartitionKey.class, Codecs.utf8(), Codecs.int64(), Codecs.utf8());
    private static final Codec<Partition> RECORD = Codecs.record(Partition.class);

    private String path = Records.key(91_711);
    private PartitionKey key = new PartitionKey("sales", 917, "p20261121");
    private Partition value =
            new Partition(311, "p20261121", Instant.ofEpochMilli(1_800_000_000_000L), 1_234_567, List.of(1L, 2L, 3L));
    private byte[] pathBytes = UTF8.encode(path);
    private byte[] keyBytes = TUPLE.encode(key);
    private byte[] valueBytes = RECORD.encode(value);

    @Benchmark
    public byte[] encodeUtf8Key() {
        return UTF8.encode(path);
    }

    @Benchmark
    public String decodeUtf8Key() {
        return UTF8.decode(pathBytes);
    }

    @Benchmark
    public byte[] encodeTupleKey() {
        return TUPLE.encode(key);
    }

    @Benchmark
    public PartitionKey decodeTupleKey() {
        return TUPLE.decode(keyBytes);
    }

    @Benchmark
    public byte[] encodeRecord() {
        return RECORD.encode(value);
    }

    @Benchmark
    public Partition decodeRecord() {
        return RECORD.decode(valueBytes);
    }
}
