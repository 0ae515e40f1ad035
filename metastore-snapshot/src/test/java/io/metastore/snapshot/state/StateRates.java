package io.metastore.snapshot.state;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.internal.rocksdb.PlainWrites;
import io.metastore.snapshot.internal.rocksdb.RocksSettings;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Measures applying against plain RocksDB, and point reads. Not a test: run its main with a directory on the disk that counts.
 *
 * <p>Rounds alternate, so that both meet the same disturbances; the first round of each is for the compiler. The processor time is that of the
 * writing thread alone, which on a busy machine says more than the clock on the wall.
 */
final class StateRates {

    private static final int VALUE_BYTES = 256;
    private static final long SEED = 7;

    private StateRates() {}

    public static void main(String[] arguments) throws Exception {
        Path base = Path.of(arguments[0]);
        int operations = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        for (String size : arguments[3].split(",", -1)) {
            compare(base, operations, rounds, Integer.parseInt(size));
        }
        reads(base, operations);
    }

    private static void compare(Path base, int operations, int rounds, int batchSize) throws Exception {
        List<byte[]> keys = keys(operations / batchSize * batchSize);
        byte[][] values = values();
        List<byte[]> entries = entries(keys, values, batchSize);
        for (int round = 0; round < rounds; round++) {
            Path directory = base.resolve("rates");
            delete(directory);
            PlainWrites.Cost plain = PlainWrites.run(
                    directory, new RocksSettings("plain", 64 << 20, 32 << 20, 512, 2), keys, values, batchSize);
            delete(directory);
            PlainWrites.Cost ours = apply(directory, entries);
            delete(directory);
            System.out.printf(
                    "batch=%d round=%d plain=%,.0f/s apply=%,.0f/s ratio=%.2f plainCpu=%.2fus applyCpu=%.2fus cpuRatio=%.2f%n",
                    batchSize,
                    round,
                    plain.perSecond(keys.size()),
                    ours.perSecond(keys.size()),
                    (double) plain.nanos() / ours.nanos(),
                    plain.cpuNanos() / 1e3 / keys.size(),
                    ours.cpuNanos() / 1e3 / keys.size(),
                    (double) plain.cpuNanos() / ours.cpuNanos());
        }
    }

    private static PlainWrites.Cost apply(Path directory, List<byte[]> entries) {
        try (MetaState state = MetaState.open(directory, MetaState.Options.defaults("rates"), CommandRuntime.NONE)) {
            state.apply(new LogPosition(1, 0), Entries.entry(Entries.SESSION, 1, Entries.changes(Entries.table("t"))));
            PlainWrites.Clock clock = new PlainWrites.Clock();
            long index = 1;
            for (byte[] entry : entries) {
                state.apply(new LogPosition(1, index++), ByteBuffer.wrap(entry));
            }
            return clock.cost();
        }
    }

    private static void reads(Path base, int operations) throws Exception {
        List<byte[]> keys = keys(operations);
        Path directory = base.resolve("rates");
        delete(directory);
        try (MetaState state = MetaState.open(directory, MetaState.Options.defaults("rates"), CommandRuntime.NONE)) {
            state.apply(new LogPosition(1, 0), Entries.entry(Entries.SESSION, 1, Entries.changes(Entries.table("t"))));
            long index = 1;
            for (byte[] entry : entries(keys, values(), 100)) {
                state.apply(new LogPosition(1, index++), ByteBuffer.wrap(entry));
            }
            state.flush();
            int hot = 20_000;
            for (int round = 0; round < 5; round++) {
                PlainWrites.Clock clock = new PlainWrites.Clock();
                int count = 1_000_000;
                long sum = 0;
                for (int i = 0; i < count; i++) {
                    StoredRecord found = state.get(1, keys.get((int) (i * 7919L % hot)));
                    sum += found == null ? 0 : found.value().length;
                }
                PlainWrites.Cost gets = clock.cost();
                long start = System.nanoTime();
                int scanned = 0;
                try (StateView view = state.view();
                        var cursor = view.scan(1, new byte[0], null, false)) {
                    while (scanned < 200_000 && cursor.next() != null) {
                        scanned++;
                    }
                }
                double scanSeconds = (System.nanoTime() - start) / 1e9;
                start = System.nanoTime();
                for (int i = 0; i < 100_000; i++) {
                    state.view().close();
                }
                double viewSeconds = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "get=%,.0f/s getCpu=%.2fus scan=%,.0f/s views=%,.0f/s bytes=%d%n",
                        gets.perSecond(count),
                        gets.cpuNanos() / 1e3 / count,
                        scanned / scanSeconds,
                        100_000 / viewSeconds,
                        sum);
            }
        }
        delete(directory);
    }

    private static List<byte[]> keys(int count) {
        List<byte[]> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int scattered = (int) (i * 2_654_435_761L % 1_000_003);
            keys.add(Entries.bytes(
                    String.format("db/%04d/table/%06d/partition/%04d", scattered % 50, scattered, i / 1_000_003)));
        }
        return keys;
    }

    private static byte[][] values() {
        Random random = new Random(SEED);
        byte[][] values = new byte[1009][VALUE_BYTES];
        for (byte[] value : values) {
            random.nextBytes(value);
        }
        return values;
    }

    private static List<byte[]> entries(List<byte[]> keys, byte[][] values, int batchSize) {
        List<byte[]> entries = new ArrayList<>();
        long sequence = 2;
        for (int i = 0; i < keys.size(); i += batchSize) {
            List<JournalTransaction> transactions = new ArrayList<>();
            for (int j = i; j < i + batchSize; j++) {
                transactions.add(Entries.changes(new JournalOp.Put(1, keys.get(j), 1, values[j % values.length])));
            }
            byte[] batch = JournalCodec.encodeBatch(new JournalBatch(Entries.SESSION, sequence++, transactions));
            entries.add(JournalCodec.encodeEntry(1_700_000_000_000L + i, i, batch));
        }
        return entries;
    }

    private static void delete(Path directory) throws Exception {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
