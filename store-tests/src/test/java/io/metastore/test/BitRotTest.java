package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Single bits of one of three members turn over, in its journal and in an image, while it is down and leadership changes: it is found, and nothing of the others is touched. */
class BitRotTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aMemberWithADamagedJournalIsRefusedUntilItIsReplacedAndTheOthersKeepEverything() throws IOException {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            write(cluster, "a", 30);
            TestMember bad = cluster.anyFollower();
            for (String where : List.of("value of a3.", "value of a28.")) { // An early entry, and one of the last.
                bad.kill();
                write(cluster, "while", 5);
                Path file = flip(bad.directory(), where);
                byte[] damaged = Files.readAllBytes(file);
                List<TestMember> others = cluster.running();
                Set<Path> before = journals(others);
                cluster.leader().store().cluster().stepDown().await(PATIENCE);
                cluster.leader();

                for (int round = 0; round < 2; round++) {
                    assertThat(catchThrowable(bad::restart))
                            .isInstanceOf(MetastoreException.class)
                            .hasMessageContaining(bad.directory().toString());
                }

                assertThat(file).as("the evidence").hasBinaryContent(damaged);
                assertThat(journals(others)).as("of the others").containsAll(before);
                others.forEach(each -> assertThat(each.table(NOTES).count(Range.all()))
                        .isEqualTo(cluster.leader().table(NOTES).count(Range.all())));
                bad.wipe().joining(MetaStore.Builder::autoReplace).restart();
                await(() -> cluster.leader().store().cluster().failureTolerance() == 1);
                write(cluster, "a", 30); // Into the journal that it has now.
            }
            cluster.assertConverged();
        }
    }

    @Test
    void aDamagedImageIsSetAsideAndNeitherUsedNorSent() throws IOException {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            write(cluster, "a", 30);
            TestMember bad = cluster.anyFollower();
            Image image = bad.store().checkpoints().create();
            bad.kill();
            Path directory = bad.directory().resolve("stores/main/epoch-000001/image/" + image.name());
            Path file = files(directory).stream()
                    .filter(each -> each.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.delete(file); // A link: the state has the sound file.
            Files.write(file, bytes);
            cluster.leader().store().cluster().stepDown().await(PATIENCE);
            bad.restart();
            write(cluster, "b", 10);

            assertThat(catchThrowable(() -> bad.store().checkpoints().verify(image)))
                    .isInstanceOf(MetastoreException.class)
                    .hasMessageContaining(file.getFileName().toString());

            assertThat(bad.store().checkpoints().list()).isEmpty();
            assertThat(file).as("the evidence").hasBinaryContent(bytes);
            assertThat(bad.store().health().findings())
                    .anyMatch(finding -> finding.code().equals("IMAGE_UNSOUND"));
            bad.store().checkpoints().create();
            assertThat(bad.store().checkpoints().list()).hasSize(1).doesNotContain(image);
            cluster.assertConverged();
        }
    }

    private static void write(TestCluster cluster, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            cluster.leader().table(NOTES).put(prefix + i, "value of " + prefix + i + ".");
        }
        cluster.awaitApplied(cluster.leader().store().revision());
    }

    /** Turns a bit of a text in a journal over, and says in which file. */
    private static Path flip(Path directory, String text) throws IOException {
        for (Path file : journal(directory)) {
            byte[] bytes = Files.readAllBytes(file);
            int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
            if (at >= 0) {
                bytes[at] ^= 1;
                Files.write(file, bytes);
                return file;
            }
        }
        throw new AssertionError("nothing was damaged: text=" + text + " in=" + directory);
    }

    private static List<Path> journal(Path directory) {
        Path group =
                files(directory.resolve("stores/main/epoch-000001/journal")).get(0);
        return files(group.resolve("current")).stream()
                .filter(file -> file.getFileName().toString().startsWith("log_"))
                .toList();
    }

    /** By directory and first entry, as a file gets another name when it is full. */
    private static Set<Path> journals(List<TestMember> members) {
        return members.stream()
                .flatMap(member -> journal(member.directory()).stream())
                .map(file -> file.resolveSibling(first(file)))
                .collect(Collectors.toSet());
    }

    private static String first(Path file) {
        String[] parts = file.getFileName().toString().split("[_-]", -1);
        return Arrays.stream(parts)
                .filter(part -> part.matches("[0-9]+"))
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> found = Files.list(directory)) {
            return found.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(MetastoreException.class)
                .until(condition);
    }
}
