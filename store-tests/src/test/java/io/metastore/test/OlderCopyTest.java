package io.metastore.test;

import static io.metastore.test.Verbs.awaitDone;
import static io.metastore.test.Verbs.awaitReplace;
import static io.metastore.test.Verbs.load;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetaStore;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Directories that were copied, put back or started twice: none of them votes or acknowledges as what it was, also when everybody was down meanwhile. */
class OlderCopyTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ACKNOWLEDGED = "stores/main/epoch-000001/acknowledged";
    private static final Pattern POSITIONS =
            Pattern.compile("term=(\\d+) last=(\\d+) acknowledged: term=(\\d+) index=(\\d+) committed=(\\d+)");

    @Test
    void olderCopyOfADirectoryIsRecognised() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember restored = cluster.anyFollower().stop();
            Path copy = cluster.root().resolve("copy");
            copy(restored.directory(), copy);
            restored.restart();
            load(cluster.leader(), "a", 20);
            TestMember witness = cluster.leader();
            // The others hear of it within a second.
            Awaitility.await().atMost(PATIENCE).until(() -> {
                witness.store().status();
                return cluster.running().stream()
                        .allMatch(member ->
                                member.probe().position().equals(witness.probe().position()));
            });
            cluster.running().forEach(member -> member.store().status());

            restored.kill().wipe();
            copy(copy, restored.directory());

            assertThatThrownBy(restored::restart)
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessageContaining("older than what this member has acknowledged");
            restored.wipe().joining(builder -> builder);
            awaitReplace(cluster, restored.name());
            restored.restart();
            awaitDone(cluster.leader(), restored.name());
            cluster.assertConverged();
        }
    }

    @Test
    void olderCopyIsRefusedAfterAllWereDownWhoeverIsUpFirst() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember restored = cluster.anyFollower();
            Path older = cluster.root().resolve("older");
            Path newest = cluster.root().resolve("newest");
            restored.stop();
            copy(restored.directory(), older);
            restored.restart();
            load(cluster.leader(), "a", 20);
            awaitWritten(cluster, restored);
            List<TestMember> others = cluster.members().stream()
                    .filter(member -> member != restored)
                    .toList();
            stopAll(cluster);
            copy(restored.directory(), newest);
            putBack(restored, older);

            cluster.restart(others);
            cluster.leader();
            DirectoryMismatchException refused =
                    catchThrowableOfType(DirectoryMismatchException.class, restored::restart);
            assertNamesBothPositions(refused.getMessage(), restored);

            // It remembers itself by now, with nobody up.
            stopAll(cluster);
            assertThatThrownBy(restored::restart).hasMessage(refused.getMessage());

            // The one that is older is up before anybody is who remembers.
            putBack(restored, older);
            restored.restart();
            assertThat(restored.store().status().state()).isIn(StoreState.STARTING, StoreState.NO_QUORUM);
            cluster.restart(others);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> restored.store().status().state() == StoreState.FAILED);
            assertNamesBothPositions(restored.store().status().reason(), restored);
            TestMember leader = cluster.leader();
            assertThat(leader).isNotEqualTo(restored);
            load(leader, "b", 3);
            restored.stop();

            putBack(restored, newest); // Which has all it ever acknowledged.
            restored.restart();
            cluster.assertConverged();
        }
    }

    private static void assertNamesBothPositions(String message, TestMember restored) {
        assertThat(message)
                .contains("older than what this member has acknowledged", "member=" + restored.name() + "@")
                .contains("replace(\"" + restored.name() + "\")");
        Matcher positions = POSITIONS.matcher(message);
        assertThat(positions.find()).as(message).isTrue();
        assertThat(Long.parseLong(positions.group(2)))
                .as("what it has: " + message)
                .isLessThan(Long.parseLong(positions.group(5)));
    }

    @Test
    void copyOfARunningMemberIsRefusedWhileTheOriginalIsUpAndWhenItIsOlder() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 5);
            TestMember original = cluster.anyFollower();
            Path copy = cluster.root().resolve("copy");
            copy(original.directory(), copy); // While it runs.

            for (int tries = 0; tries < 2; tries++) { // The first leaves no trace that would let the second in.
                assertThatThrownBy(() -> elsewhere(cluster, original, copy))
                        .isInstanceOf(DirectoryMismatchException.class)
                        .hasMessageContaining("another process is this member already")
                        .hasMessageContaining("otherAddress=" + original.address());
            }
            load(cluster.leader(), "b", 5);
            awaitWritten(cluster, original);
            cluster.members().forEach(TestMember::kill);

            cluster.restart(cluster.members().stream()
                    .filter(member -> member != original)
                    .toList());
            cluster.leader();
            assertThatThrownBy(() -> elsewhere(cluster, original, copy))
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessageContaining("older than what this member has acknowledged");

            original.restart();
            load(cluster.leader(), "c", 5);
            cluster.assertConverged();
        }
    }

    @Test
    void memberThatMovedWithItsDirectoryKeepsTheOneItLeftBehindFromStarting() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember original = cluster.anyFollower().stop();
            Path moved = cluster.root().resolve("moved");
            copy(original.directory(), moved);
            try (MetaStore elsewhere = elsewhere(cluster, original, moved)) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> elsewhere.status().state() == StoreState.SERVING);
                awaitAnswers(cluster, original);
                assertThatThrownBy(original::restart)
                        .isInstanceOf(DirectoryMismatchException.class)
                        .hasMessageContaining("another process is this member already");
            }
        }
    }

    /** The others find it where it is now. */
    private static void awaitAnswers(TestCluster cluster, TestMember moved) {
        MetaStore leader = cluster.leader().store();
        Awaitility.await().atMost(PATIENCE).until(() -> leader.status().members().stream()
                .anyMatch(member -> member.name().equals(moved.name()) && member.alive()));
    }

    /** Until all the others have written down how far the member is. */
    private static void awaitWritten(TestCluster cluster, TestMember member) {
        long position = cluster.leader().probe().position().index();
        Pattern mark = Pattern.compile("=" + member.name() + "@\\S+ \\d+ (\\d+) (\\d+)");
        for (TestMember other : cluster.members()) {
            Awaitility.await().atMost(PATIENCE).until(() -> {
                Matcher found = mark.matcher(text(other));
                return found.find() && Long.parseLong(found.group(2)) >= position;
            });
        }
    }

    private static String text(TestMember member) {
        try {
            Path file = member.directory().resolve(ACKNOWLEDGED);
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MetaStore elsewhere(TestCluster cluster, TestMember member, Path directory) {
        return MetaStore.builder(directory)
                .member(member.name(), cluster.newAddress(member.name()))
                .with(cluster.network())
                .open();
    }

    private static void stopAll(TestCluster cluster) {
        cluster.running().forEach(TestMember::stop);
    }

    private static void load(TestMember member, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            member.table(NOTES).put(prefix + i, "value " + i);
        }
    }

    private static void putBack(TestMember member, Path copy) {
        member.wipe();
        copy(copy, member.directory());
    }

    /** Without the lock: closing a file frees the operating system's lock on it. */
    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().equals("LOCK")) {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
