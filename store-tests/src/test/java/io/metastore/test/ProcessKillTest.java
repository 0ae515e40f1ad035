package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Batch;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it writes loses nothing it was told was written, and half of nothing is there. */
class ProcessKillTest {

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
    private static final int WRITERS = 4;

    /** Writes until it is killed; each writer counts up its own number and prints it when it was acknowledged. */
    static final class Writer {
        public static void main(String[] arguments) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            MetaStore store = MetaStore.open(Path.of(arguments[0]));
            for (int i = 0; i < WRITERS; i++) {
                String name = "w" + i;
                new Thread(() -> count(store, name, out), name).start();
            }
        }

        /** Two keys in one transaction, so that half of one would show. */
        private static void count(MetaStore store, String name, PrintStream out) {
            Table<String, String> notes = store.table(NOTES);
            long next = notes.get(name).map(Long::parseLong).orElse(0L) + 1;
            while (true) {
                store.apply(Batch.of(
                        Op.put(NOTES, name, "" + next), Op.put(NOTES, "%s-%08d".formatted(name, next), "" + next)));
                synchronized (out) {
                    out.println("acknowledged " + name + " " + next + " .");
                }
                next++;
            }
        }
    }

    @Test
    void everythingAcknowledgedIsThereAfterAKillAtAnyMoment(@TempDir Path temporary) {
        Path directory = temporary.resolve("store");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Long> acknowledged = new HashMap<>();
        for (int round = 1; round <= ROUNDS; round++) {
            // given
            int killAfter = 1 + random.nextInt(1500);
            try (ChildJvm child = ChildJvm.start(Writer.class, directory.toString())) {
                for (int i = 0; i < killAfter; i++) {
                    note(child.line(), acknowledged);
                }
                // when
                child.kill().forEach(line -> note(line, acknowledged));
            }
            // then
            String what = "seed=" + seed + " round=" + round + " killAfter=" + killAfter;
            long started = System.nanoTime();
            try (MetaStore store = MetaStore.open(directory)) {
                long millis = (System.nanoTime() - started) / 1_000_000;
                System.out.println("kill -9: " + what + " acknowledged=" + acknowledged + " reopenMillis=" + millis);
                check(store, acknowledged, what);
            }
        }
    }

    /** Opens a new directory, writes to it, and says so. */
    static final class Founder {
        public static void main(String[] arguments) throws IOException {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            try (MetaStore store = MetaStore.open(Path.of(arguments[0]))) {
                store.table(NOTES).put("k", "v");
                out.println("acknowledged");
                while (System.in.read() >= 0) {
                    // Until the end of the input, which is not before the kill.
                }
            }
        }
    }

    /** The kill comes as soon as a file shows that the very first opening has come so far. Where it hits in the end is printed. */
    @Test
    void aProcessKilledInItsFirstOpeningIsOpenedAgain(@TempDir Path temporary) throws IOException {
        Path epoch = Path.of("stores/main/epoch-000001");
        List<Path> signs = List.of(
                Path.of("VERSION"),
                epoch.resolve("state"),
                epoch.resolve("state/LOG"),
                epoch.resolve("state/IDENTITY"),
                epoch.resolve("state/CURRENT"),
                epoch.resolve("state/METASTORE-FLUSHED"),
                epoch.resolve("journal"));
        for (Path sign : signs) {
            // given
            Path directory = temporary.resolve("until-" + sign.getFileName());
            boolean acknowledged;
            try (ChildJvm child = ChildJvm.start(Founder.class, directory.toString())) {
                awaitFile(directory.resolve(sign));
                // when
                acknowledged = child.kill().contains("acknowledged");
            }
            // then
            System.out.println("kill -9 in the first opening: sign=" + sign + " acknowledged=" + acknowledged
                    + " state=" + names(directory.resolve(epoch).resolve("state")));
            for (int time = 1; time <= 2; time++) {
                try (MetaStore store = MetaStore.open(directory)) {
                    if (acknowledged || time == 2) {
                        assertThat(store.table(NOTES).get("k")).as("%s", sign).contains("v");
                    }
                    store.table(NOTES).put("k", "v");
                }
            }
        }
    }

    /** Looks without a pause: what is to be hit lasts for moments. */
    private static void awaitFile(Path file) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).as("the child creates %s", file).isLessThan(deadline);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** A line that the kill cut off has not been acknowledged to anybody. */
    private static void note(String line, Map<String, Long> acknowledged) {
        String[] parts = line.split(" ", -1);
        if (parts.length == 4 && parts[3].equals(".")) {
            acknowledged.put(parts[1], Long.parseLong(parts[2]));
        }
    }

    private static void check(MetaStore store, Map<String, Long> acknowledged, String what) {
        Table<String, String> notes = store.table(NOTES);
        acknowledged.forEach((writer, last) -> {
            long there = Long.parseLong(notes.get(writer).orElseThrow());
            assertThat(there).as("%s %s", what, writer).isBetween(last, last + 1);
            assertThat(notes.count(Range.prefix(writer + "-")))
                    .as("%s %s: a number for each transaction", what, writer)
                    .isEqualTo(there);
            assertThat(notes.get("%s-%08d".formatted(writer, there))).as(what).contains("" + there);
            acknowledged.put(writer, there);
        });
        assertThat(MemberProbe.recomputeFingerprint(store))
                .as(what)
                .isEqualTo(MemberProbe.of(store).fingerprint());
    }
}
