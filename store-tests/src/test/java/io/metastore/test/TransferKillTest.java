package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Timeouts;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed while it receives an image from another one and puts it in place of its state, or while it imports one: its directory is never without a whole
 * state. The kill comes as soon as files show that it has come so far. One such moment is visited each time, another one from run to run, and all of them with {@code
 * -Dkill.rounds=20}.
 */
@Timeout(600)
class TransferKillTest {

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path EPOCH = Path.of("stores/main/epoch-000001");
    private static final int VALUE_BYTES = 10_000;
    private static final int KEYS = 100;

    private static final Timeouts TIMEOUTS =
            Timeouts.defaults().withElection(Duration.ofMillis(300), Duration.ofMillis(600));

    /** An image takes a second, so that there is time to see how far it has come. */
    private static final CheckpointPolicy POLICY = CheckpointPolicy.defaults().toBuilder()
            .entries(100)
            .journalFileBytes(1 << 20)
            .laggardEntries(0)
            .transferBytesPerSecond(1 << 20)
            .build();

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /** What the directory of a member shows when it has come so far with an image of another. */
    private enum Received {
        MANIFEST,
        PIECE,
        FILE,
        IMAGE,
        STATE_PREPARED,
        STATE_REPLACED;

        /** Whether that shows and did not before. */
        private boolean shows(Path epoch, List<String> before) throws IOException {
            List<String> receiving = names(epoch.resolve("image/image.receiving"));
            return switch (this) {
                case MANIFEST -> receiving.contains("MANIFEST");
                case PIECE -> receiving.stream().anyMatch(name -> name.endsWith(".part"));
                case FILE -> receiving.stream().anyMatch(name -> name.endsWith(".sst"));
                case IMAGE -> !before.containsAll(images(epoch));
                case STATE_PREPARED -> names(epoch).contains("state.new");
                case STATE_REPLACED ->
                    names(epoch).stream().anyMatch(name -> name.matches("state\\.[0-9]+") && !before.contains(name));
            };
        }
    }

    /** The same for one that imports. */
    private enum Imported {
        BEGUN,
        EXTRACTED,
        IMAGE,
        MEMBER,
        STATE;

        private boolean shows(Path directory) throws IOException {
            Path epoch = directory.resolve(EPOCH);
            return switch (this) {
                case BEGUN -> Files.exists(directory.resolve("INITIALIZING"));
                case EXTRACTED ->
                    names(epoch.resolve("image/image.importing")).stream().anyMatch(name -> name.endsWith(".sst"));
                case IMAGE -> !images(epoch).isEmpty();
                case MEMBER -> Files.exists(directory.resolve("VERSION"));
                case STATE -> names(epoch).stream().anyMatch(name -> name.startsWith("state"));
            };
        }
    }

    /** Looks whether something shows. */
    private interface Sign {
        boolean shows() throws IOException;
    }

    /** The first of these that shows; looks without a pause, as some last for moments. Of later ones the first may be over. */
    private static <S extends Enum<S>> S await(List<S> fromThisOn, Function<S, Sign> signs) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (S sign : fromThisOn) {
                if (signs.apply(sign).shows()) {
                    return sign;
                }
            }
            assertThat(System.nanoTime() - deadline)
                    .as("the child comes to one of %s", fromThisOn)
                    .isNegative();
        }
    }

    private static <S extends Enum<S>> List<S> from(S sign, S[] all) {
        return List.of(all).subList(sign.ordinal(), all.length);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (NoSuchFileException | UncheckedIOException e) {
            return List.of(); // It is being given another name, or is not there yet.
        }
    }

    private static List<String> images(Path epoch) throws IOException {
        return names(epoch.resolve("image")).stream()
                .filter(name -> name.matches("image\\.[0-9]+"))
                .toList();
    }

    /** Opens a member of a cluster, and waits to be killed. */
    static final class Receiver {
        public static void main(String[] arguments) throws IOException {
            MetaStore store = MetaStore.builder(Path.of(arguments[0]))
                    .member("fe2", arguments[2])
                    .bootstrap("fe1=" + arguments[1], "fe2=" + arguments[2] + "/observer")
                    .timeouts(TIMEOUTS)
                    .checkpoints(POLICY)
                    .open();
            awaitEnd(store);
        }
    }

    /** Imports a file, and waits to be killed. */
    static final class Importer {
        public static void main(String[] arguments) throws IOException {
            awaitEnd(MetaStore.builder(Path.of(arguments[0]))
                    .importFrom(Path.of(arguments[1]))
                    .open());
        }
    }

    private static void awaitEnd(MetaStore store) throws IOException {
        System.out.println("opened " + store.status().state());
        while (System.in.read() >= 0) {
            // Until the end of the input, which is not before the kill.
        }
    }

    /** Where to kill. */
    private interface Moment {
        void visit() throws IOException;
    }

    @Test
    void itsDirectoryHasAWholeStateWheneverAProcessIsKilled(@TempDir Path temporary) throws IOException {
        List<Moment> moments = new ArrayList<>();
        for (Received sign : Received.values()) {
            moments.add(() -> killReceiver(sign));
        }
        for (Imported sign : Imported.values()) {
            moments.add(() -> killImport(sign, temporary.resolve(sign.name())));
        }
        Collections.shuffle(moments, random);
        for (Moment moment : moments.subList(0, Math.min(ROUNDS, moments.size()))) {
            moment.visit();
        }
    }

    private void killReceiver(Received sign) throws IOException {
        try (TestCluster cluster = TestCluster.builder()
                .voters(1)
                .observers(1)
                .links(MetaStoreTest.Links.GRPC)
                .timeouts(TIMEOUTS)
                .patience(PATIENCE)
                .configure(builder -> builder.checkpoints(POLICY))
                .start()) {
            killReceiver(sign, cluster, cluster.observers().get(0));
        }
    }

    private void killReceiver(Received sign, TestCluster cluster, TestMember observer) throws IOException {
        // given
        cluster.awaitApplied(cluster.leader().table(NOTES).put("first", "v"));
        Path epoch = observer.directory().resolve(EPOCH);
        long position = observer.probe().position().index();
        observer.stop();
        Revision last = writeUntilPurged(cluster, position);
        List<String> before = new ArrayList<>(names(epoch));
        before.addAll(images(epoch));
        // when
        Received seen;
        try (ChildJvm child = ChildJvm.start(
                Receiver.class,
                observer.directory().toString(),
                cluster.leader().address(),
                observer.address())) {
            seen = await(from(sign, Received.values()), each -> () -> each.shows(epoch, before));
            child.kill();
        }
        // then: with what it has itself
        String what = "seed=" + seed + " sign=" + sign + " seen=" + seen;
        System.out.println("kill -9 of a receiver: " + what + " left=" + names(epoch) + " images="
                + names(epoch.resolve("image")));
        observer.isolate().restart();
        assertThat(observer.table(NOTES).reading(ReadMode.local()).get("first"))
                .as(what)
                .contains("v");
        MemberProbe probe = observer.probe();
        assertThat(probe.position().index()).as(what).isGreaterThanOrEqualTo(position);
        assertThat(MemberProbe.recomputeFingerprint(observer.store())).as(what).isEqualTo(probe.fingerprint());
        for (Image image : observer.store().checkpoints().list()) {
            observer.store().checkpoints().verify(image);
        }
        // and with what it gets from the other
        observer.rejoin();
        cluster.awaitApplied(last);
        cluster.assertConverged();
        assertThat(images(epoch)).as(what).isNotEmpty();
    }

    /** Until the journal of the leader begins behind the position; what does not get smaller by compression, so that an image takes its time. */
    private Revision writeUntilPurged(TestCluster cluster, long position) {
        TestMember leader = cluster.leader();
        Revision last = Revision.NONE;
        for (int i = 0; leader.store().checkpoints().status().journalFirst() <= position + 1; i++) {
            assertThat(i).as("writes until the journal is purged").isLessThan(5_000);
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            last = leader.table(NOTES).put("k" + i % KEYS, new String(value, StandardCharsets.ISO_8859_1));
        }
        return last;
    }

    private void killImport(Imported sign, Path temporary) throws IOException {
        Path file = Files.createDirectory(temporary).resolve("export.zip");
        Revision exported;
        try (MetaStore store = MetaStore.open(temporary.resolve("source"))) {
            for (int i = 0; i < KEYS; i++) {
                store.table(NOTES).put("k" + i, "v" + i);
            }
            exported = store.checkpoints()
                    .exportTo(store.checkpoints().create(), file)
                    .revision();
        }
        Path directory = temporary.resolve("imported");
        Imported seen;
        try (ChildJvm child = ChildJvm.start(Importer.class, directory.toString(), file.toString())) {
            seen = await(from(sign, Imported.values()), each -> () -> each.shows(directory));
            child.kill();
        }
        String what = "seed=" + seed + " sign=" + sign + " seen=" + seen;
        System.out.println("kill -9 of an import: " + what + " left=" + names(directory));
        for (int time = 1; time <= 2; time++) {
            try (MetaStore store = MetaStore.builder(directory).importFrom(file).open()) {
                assertThat(store.table(NOTES).count(Range.prefix("k"))).as(what).isEqualTo(KEYS);
                assertThat(store.revision().number()).as(what).isGreaterThanOrEqualTo(exported.number());
                assertThat(MemberProbe.recomputeFingerprint(store))
                        .as(what)
                        .isEqualTo(MemberProbe.of(store).fingerprint());
                store.checkpoints().verify(store.checkpoints().list().get(0));
                assertThat(store.table(NOTES).put("after", what).number())
                        .as(what)
                        .isGreaterThan(exported.number());
            }
        }
    }
}
