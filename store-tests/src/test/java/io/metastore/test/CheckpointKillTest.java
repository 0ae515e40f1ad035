package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed while it makes, publishes and deletes images and purges its journal, all the time: whatever is found then, the last acknowledged
 * state can be rebuilt from the images and the journal behind them.
 */
class CheckpointKillTest {

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
    private static final int PADDING = 8_000;

    private static MetaStore open(Path directory) {
        return MetaStore.builder(directory)
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .entries(10)
                        .journalFileBytes(1 << 20)
                        .build())
                .open();
    }

    /** Counts up until it is killed, and prints each number when it was acknowledged. */
    static final class Counter {
        public static void main(String[] arguments) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            Table<String, String> notes = open(Path.of(arguments[0])).table(NOTES);
            String padding = "v".repeat(PADDING);
            long next = notes.count(Range.all()) + 1;
            while (true) {
                notes.put("%08d".formatted(next), next + padding);
                out.println("acknowledged " + next + " .");
                next++;
            }
        }
    }

    @Test
    void theLastAcknowledgedStateCanBeRebuiltFromTheImagesAfterAKillAtAnyMoment(@TempDir Path temporary)
            throws IOException {
        Path directory = temporary.resolve("store");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long acknowledged = 0;
        int fromTheOlder = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            // given
            int killAfter = 150 + random.nextInt(200);
            try (ChildJvm child = ChildJvm.start(Counter.class, directory.toString())) {
                for (int i = 0; i < killAfter; i++) {
                    acknowledged = Math.max(acknowledged, number(child.line()));
                }
                // when
                for (String line : child.kill()) {
                    acknowledged = Math.max(acknowledged, number(line));
                }
            }
            // then
            String what = "seed=" + seed + " round=" + round + " killAfter=" + killAfter;
            String fingerprint = check(directory, acknowledged, what);
            deleteStates(directory);
            assertThat(check(directory, acknowledged, what + ", without its state"))
                    .as(what)
                    .isEqualTo(fingerprint);
            deleteStates(directory);
            if (deleteNewestOfSeveral(directory)) {
                fromTheOlder++;
                assertThat(check(directory, acknowledged, what + ", without its state and its newest image"))
                        .as(what)
                        .isEqualTo(fingerprint);
            }
            System.out.println("kill -9 among checkpoints: " + what + " acknowledged=" + acknowledged);
        }
        assertThat(fromTheOlder)
                .as("seed=%d: states that were rebuilt from the older image", seed)
                .isPositive();
    }

    /** The other way back, when there are two. */
    private static boolean deleteNewestOfSeveral(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory.resolve("stores/main/epoch-000001/image"))) {
            List<Path> images = found.filter(
                            path -> path.getFileName().toString().matches("image\\.[0-9]+"))
                    .sorted(Comparator.comparingLong(CheckpointKillTest::index))
                    .toList();
            if (images.size() < 2) {
                return false;
            }
            TestMember.delete(images.get(images.size() - 1));
            return true;
        }
    }

    private static long index(Path image) {
        return Long.parseLong(image.getFileName().toString().substring("image.".length()));
    }

    private static String check(Path directory, long acknowledged, String what) {
        try (MetaStore store = MetaStore.open(directory)) { // Makes no image of its own so soon.
            long there = store.table(NOTES).count(Range.all());
            assertThat(there).as(what).isBetween(acknowledged, acknowledged + 1);
            assertThat(store.table(NOTES).get("%08d".formatted(there)))
                    .as(what)
                    .hasValueSatisfying(value -> assertThat(value).startsWith(there + "v"));
            List<Image> images = store.checkpoints().list();
            assertThat(images).as(what).isNotEmpty();
            for (Image image : images) {
                store.checkpoints().verify(image);
            }
            assertThat(store.checkpoints().status().journalFirst())
                    .as("%s: the journal goes on from the older image", what)
                    .isLessThanOrEqualTo(
                            images.get(images.size() - 1).position().index() + 1);
            String fingerprint = MemberProbe.of(store).fingerprint();
            assertThat(MemberProbe.recomputeFingerprint(store)).as(what).isEqualTo(fingerprint);
            return fingerprint;
        }
    }

    private static void deleteStates(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory.resolve("stores/main/epoch-000001"))) {
            found.filter(path -> path.getFileName().toString().startsWith("state"))
                    .forEach(TestMember::delete);
        }
    }

    /** A line that the kill cut off has not been acknowledged to anybody. */
    private static long number(String line) {
        String[] parts = line.split(" ", -1);
        return parts.length == 3 && parts[2].equals(".") ? Long.parseLong(parts[1]) : 0;
    }
}
