package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a member starts from when its live state is damaged: the newest image that is sound and that its journal goes on from, or nothing. */
class StateRebuildTest extends OneMember {

    private static final CheckpointPolicy BY_HAND = CheckpointPolicy.defaults().toBuilder()
            .journalFileBytes(1 << 20)
            .laggardEntries(0)
            .build();

    private static final String VALUE = "v".repeat(50_000);

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.checkpoints(BY_HAND);
    }

    private Path epoch() {
        return epoch(directory);
    }

    private static Path epoch(Path directory) {
        return directory.resolve("stores/main/epoch-000001");
    }

    private void write(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            store.table(NOTES).put(prefix + i, VALUE);
        }
    }

    /** Cuts the end of RocksDB's own list of its files, which {@code METASTORE-FLUSHED} notices. */
    private static void damageState(Path directory) {
        Path manifest = files(liveState(directory)).stream()
                .filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                .findFirst()
                .orElseThrow();
        try (FileChannel channel = FileChannel.open(manifest, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path liveState(Path directory) {
        return files(epoch(directory)).stream()
                .filter(file -> file.getFileName().toString().matches("state(\\.[0-9]+)?"))
                .max((one, other) -> Integer.compare(
                        one.getFileName().toString().length(),
                        other.getFileName().toString().length()))
                .orElseThrow();
    }

    private static void damageImage(Path directory, Image image) {
        Path file = files(epoch(directory).resolve("image").resolve(image.name())).stream()
                .filter(each -> each.toString().endsWith(".sst"))
                .findFirst()
                .orElseThrow();
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.delete(file); // A link: other images and the state keep the sound file.
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> found = Files.list(directory)) {
            return found.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> photo(Path directory) throws IOException {
        Map<String, String> photo = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().matches("LOCK|LOG|LOG\\.old.*|in_use\\.lock")) {
                    photo.put(
                            directory.relativize(file).toString(),
                            Files.size(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        }
        return photo;
    }

    /** What has to be found again. */
    private record Expected(Revision revision, String fingerprint, long records) {
        static Expected of(MetaStore store) {
            return new Expected(
                    store.revision(),
                    MemberProbe.of(store).fingerprint(),
                    store.table(NOTES).count(Range.all()));
        }
    }

    private void checkSame(Expected expected) {
        assertThat(Expected.of(store)).isEqualTo(expected);
        assertThat(MemberProbe.recomputeFingerprint(store)).isEqualTo(expected.fingerprint());
        store.table(NOTES).put("more", "v");
        reopen();
        assertThat(store.table(NOTES).get("more")).contains("v");
    }

    @Test
    void aDamagedStateIsRebuiltFromTheNewestImageAndTheJournal() {
        write("a", 60);
        store.checkpoints().create();
        write("b", 60);
        store.checkpoints().create();
        write("c", 10);
        Expected expected = Expected.of(store);
        store.close();
        damageState(directory);
        store = configure(MetaStore.builder(directory)).open();
        checkSame(expected);
        assertThat(files(epoch()).stream()
                        .filter(file -> file.getFileName().toString().startsWith("state")))
                .as("the damaged one is gone")
                .hasSize(1);
    }

    @Test
    void aDamagedImageIsPassedOverForAnOlderOne() {
        write("a", 60);
        store.checkpoints().create();
        write("b", 60);
        Image newest = store.checkpoints().create();
        write("c", 10);
        Expected expected = Expected.of(store);
        store.close();
        damageState(directory);
        damageImage(directory, newest);
        store = configure(MetaStore.builder(directory)).open();
        checkSame(expected);
    }

    @Test
    void aWholeJournalIsEnough() {
        write("a", 10);
        Image image = store.checkpoints().create();
        Expected expected = Expected.of(store);
        store.close();
        damageState(directory);
        damageImage(directory, image);
        store = configure(MetaStore.builder(directory)).open();
        checkSame(expected);
    }

    @Test
    void whatCannotBeRebuiltIsRefusedWithEverythingThatWasFoundAndNothingIsTouched() throws IOException {
        for (int i = 0; i < 4; i++) {
            write("a" + i + "-", 60);
            store.checkpoints().create();
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> store.checkpoints().status().journalFirst() > 0);
        List<Image> images = store.checkpoints().list();
        store.close();
        damageState(directory);
        images.forEach(image -> damageImage(directory, image));
        Map<String, String> before = photo(directory);
        for (int time = 1; time <= 2; time++) {
            assertThatThrownBy(() -> configure(MetaStore.builder(directory)).open())
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageContaining("state")
                    .hasMessageContaining(images.get(0).name())
                    .hasMessageContaining(images.get(1).name());
            assertThat(photo(directory)).isEqualTo(before);
        }
        store = MetaStore.open(directory.resolveSibling("other")); // For the end of the test.
    }

    @Test
    void aHoleBetweenImageAndJournalIsRefusedAndNamed() throws IOException {
        write("a", 30);
        store.checkpoints().create();
        write("b", 60); // More than one file.
        store.close();
        damageState(directory);
        Path journal = files(epoch().resolve("journal")).get(0).resolve("current");
        Path first = files(journal).stream()
                .filter(file -> file.getFileName().toString().matches("log_[0-9]+-[0-9]+"))
                .skip(1)
                .findFirst()
                .orElseThrow();
        Files.delete(first);
        Map<String, String> before = photo(directory);
        assertThatThrownBy(() -> configure(MetaStore.builder(directory)).open())
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining("HOLE");
        assertThat(photo(directory)).isEqualTo(before);
        store = MetaStore.open(directory.resolveSibling("other"));
    }

    /** Fault B6: the file that was being written is lost, and what is left would make an older state, without a word. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJournalThatEndsBeforeStateOrImageIsRefusedAndNamed(boolean stateIsLost) throws IOException {
        write("a", 30);
        store.checkpoints().create();
        write("b", 30); // Into the next file.
        if (stateIsLost) {
            store.checkpoints().create();
        }
        Revision acknowledged = store.revision();
        store.close();
        Path journal = files(epoch().resolve("journal")).get(0).resolve("current");
        Path open = files(journal).stream()
                .filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
                .findFirst()
                .orElseThrow();
        Path aside = directory.resolveSibling("aside");
        Files.move(open, aside);
        if (stateIsLost) {
            damageState(directory);
        }
        // A state that is sound is opened to see how far it is, and RocksDB writes lists of its own then.
        Map<String, String> before = photo(stateIsLost ? directory : journal);
        for (int time = 1; time <= 2; time++) {
            assertThatThrownBy(() -> configure(MetaStore.builder(directory)).open())
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageContaining("fit=ENDS_TOO_EARLY")
                    .hasMessageContaining("the journal has lost what comes between it and index")
                    .hasMessageContaining("nothing was changed");
            assertThat(photo(stateIsLost ? directory : journal)).isEqualTo(before);
        }
        // and with the file it is all there
        Files.move(aside, open);
        store = configure(MetaStore.builder(directory)).open();
        assertThat(store.revision().number()).isGreaterThanOrEqualTo(acknowledged.number());
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(60);
    }

    /** As after putting back an older copy of the journal alone: it has the file that is being written, and nothing but that file's content tells where it ends. */
    @Test
    void anImageNewerThanTheWholeJournalIsRefusedBeforeAnythingIsMadeOfIt() throws IOException {
        write("a", 10);
        store.close();
        Path journal = epoch().resolve("journal");
        Path older = directory.resolveSibling("older");
        copyTree(journal, older);
        store = configure(MetaStore.builder(directory)).open();
        write("b", 10);
        Image image = store.checkpoints().create();
        store.close();
        damageState(directory);
        TestMember.delete(journal);
        copyTree(older, journal);
        refusedWithNothingTouched(image.name() + ": journal does not go on from it: fit=ENDS_TOO_EARLY");
    }

    /** The same with a journal that went on without this state, and has other entries where the image was made. */
    @Test
    void anImageOfAnotherHistoryThanTheJournalsIsRefusedBeforeAnythingIsMadeOfIt() throws IOException {
        write("a", 10);
        store.close();
        Path other = directory.resolveSibling("other-history");
        copyTree(directory, other);
        store = configure(MetaStore.builder(directory)).open();
        write("b", 5);
        Image image = store.checkpoints().create();
        store.close();
        damageState(directory);
        configure(MetaStore.builder(other)).open().close(); // In a term of its own.
        try (MetaStore strange = configure(MetaStore.builder(other)).open()) {
            for (int i = 0; i < 20; i++) {
                strange.table(NOTES).put("c" + i, VALUE);
            }
        }
        Path journal = epoch().resolve("journal");
        TestMember.delete(journal);
        copyTree(epoch(other).resolve("journal"), journal);
        refusedWithNothingTouched(image.name() + ": journal does not go on from it: fit=CONTRADICTS");
    }

    private void refusedWithNothingTouched(String... facts) throws IOException {
        Map<String, String> before = photo(directory);
        for (int time = 1; time <= 2; time++) {
            assertThatThrownBy(() -> configure(MetaStore.builder(directory)).open())
                    .isInstanceOf(CorruptStateException.class)
                    .hasMessageContainingAll(facts)
                    .hasMessageContaining("nothing was changed");
            assertThat(photo(directory)).isEqualTo(before);
        }
        store = MetaStore.open(directory.resolveSibling("fresh")); // For the end of the test.
    }

    /** Ratis would delete the one and stop at the other, with the state replaced by then. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aZeroedFileOfTheJournalIsRefusedAndNamedWithASoundStateToo(boolean stateIsSound) throws IOException {
        write("a", 60);
        store.checkpoints().create();
        write("b", 10);
        store.close();
        if (!stateIsSound) {
            damageState(directory);
        }
        Path journal = files(epoch().resolve("journal")).get(0).resolve("current");
        for (Path file : files(journal)) {
            if (file.getFileName().toString().matches("log_[0-9]+-[0-9]+")) {
                byte[] sound = Files.readAllBytes(file);
                Files.write(file, new byte[sound.length]);
                refusedWithNothingTouched(file.toString(), "expected: a header");
                store.close();
                Files.write(file, sound);
            }
        }
        store = configure(MetaStore.builder(directory)).open();
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(70);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    @Test
    void anImageOfAnotherClusterIsNamedAndNotUsed() throws IOException {
        write("a", 60);
        store.checkpoints().create();
        write("b", 60);
        Image image = store.checkpoints().create();
        store.close();
        Path other = directory.resolveSibling("other");
        try (MetaStore stranger = MetaStore.open(other)) {
            for (int i = 0; i < 500; i++) {
                stranger.table(NOTES).put("s" + i, "v");
            }
            Image foreign = stranger.checkpoints().create();
            copy(epoch(other).resolve("image").resolve(foreign.name()), epoch().resolve("image/" + foreign.name()));
        }
        store = configure(MetaStore.builder(directory)).open();
        assertThat(store.checkpoints().list().get(0)).isEqualTo(image);
        assertThat(store.health().findings()).anySatisfy(finding -> assertThat(finding.code() + finding.text())
                .contains("IMAGE_UNSOUND")
                .contains("cluster"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    /** Also when the image is newer than the end of its own journal, as it was stopped before. */
    @ParameterizedTest
    @ValueSource(ints = {0, 120})
    void aMemberWithoutAnythingSoundGetsAnImageFromTheOthers(int writtenWithoutIt) {
        try (TestCluster cluster = TestCluster.builder()
                .patience(PATIENCE)
                .configure(builder ->
                        builder.checkpoints(BY_HAND.toBuilder().entries(50).build()))
                .start()) {
            TestMember damaged = cluster.anyFollower();
            for (int i = 0; damaged.store().checkpoints().status().journalFirst() <= 0; i++) {
                cluster.leader().table(NOTES).put("k" + i % 100, VALUE);
                assertThat(i).isLessThan(10_000);
            }
            List<Image> images = damaged.store().checkpoints().list();
            damaged.stop();
            for (int i = 0; i < writtenWithoutIt; i++) {
                cluster.leader().table(NOTES).put("k" + i % 100, VALUE);
            }
            if (writtenWithoutIt > 0) { // So that there is none to be had that is older.
                cluster.running().forEach(member -> member.store().checkpoints().create());
                cluster.running().forEach(member -> member.store().checkpoints().create());
            }
            damageState(damaged.directory());
            for (Path image : files(epoch(damaged.directory()).resolve("image"))) {
                images.stream()
                        .filter(each -> each.name().equals(image.getFileName().toString()))
                        .forEach(each -> damageImage(damaged.directory(), each));
            }
            damaged.restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("last", "v"));
            cluster.assertConverged();
            assertThat(damaged.store().checkpoints().list())
                    .anySatisfy(image -> assertThat(image.provenance()).startsWith("received from"));
        }
    }
}
