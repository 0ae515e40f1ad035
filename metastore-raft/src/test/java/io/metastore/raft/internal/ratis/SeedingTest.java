package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that came from elsewhere, and no journal yet. */
class SeedingTest {
    private static final RecordingConsumer.Image STATE =
            new RecordingConsumer.Image(new LogPosition(7, 4711), List.of("imported"));

    private static TestGroup group(Path root, String... voters) {
        return new TestGroup(root, voters)
                .adjusted(settings -> settings.withJournalStart(RatisSettings.JournalStart.BEHIND_STATE));
    }

    @Test
    void theJournalBeginsBehindTheStateInALaterTerm(@TempDir Path root) throws Exception {
        try (TestGroup group = group(root, "a")) {
            // when
            TestMember member = group.create("a", new RecordingConsumer(STATE)).start();
            group.awaitLeader();
            // then
            assertThat(member.engine.firstIndex()).isEqualTo(4712);
            assertThat(member.engine.currentTerm()).isEqualTo(8);
            assertThat(member.put("next")).isEqualTo("applied next");
            assertThat(member.consumer.applied()).containsExactly("imported", "next");
            assertThat(member.consumer.position()).isEqualTo(new LogPosition(8, 4713));
            RecordingConsumer.Image now = member.consumer.image();
            member.close();
            // when: from now on the journal may not be missing
            group.adjusted(settings -> settings);
            TestMember again = group.create("a", new RecordingConsumer(STATE)).start();
            // then
            await().untilAsserted(() -> assertThat(again.consumer.applied()).containsExactly("imported", "next"));
            group.awaitLeader();
            again.close();
            TestMember later = group.create("a", new RecordingConsumer(now)).start();
            group.awaitLeader();
            assertThat(later.put("more")).isEqualTo("applied more");
        }
    }

    @Test
    void withoutBeingAskedAStateWithoutAJournalIsRefused(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a")) {
            TestMember member = group.create("a", new RecordingConsumer(STATE));
            assertThatThrownBy(member::start)
                    .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind())
                            .isEqualTo(EngineException.Kind.JOURNAL_INCOMPLETE))
                    .hasMessageContaining("MISSING");
            assertThat(group.journal("a").extent().present()).isFalse();
        }
    }

    @Test
    void anExistingJournalIsNeverReplaced(@TempDir Path root) throws Exception {
        try (TestGroup group = group(root, "a")) {
            TestMember member = group.create("a", new RecordingConsumer()).start();
            group.awaitLeader();
            member.put("x");
            member.close();
            JournalExtent before = group.journal("a").extent();
            TestMember other = group.create("a", new RecordingConsumer(STATE));
            assertThatThrownBy(other::start)
                    .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind())
                            .isEqualTo(EngineException.Kind.JOURNAL_INCOMPLETE))
                    .hasMessageContaining("ENDS_TOO_EARLY");
            assertThat(group.journal("a").extent()).isEqualTo(before);
        }
    }

    @Test
    void membersThatAllBeginBehindTheStateFormAGroup(@TempDir Path root) throws Exception {
        try (TestGroup group = group(root, "a", "b", "c")) {
            for (String name : List.of("a", "b", "c")) {
                TestMember member =
                        group.create(name, new RecordingConsumer(STATE)).start();
                assertThat(member.engine.lastEntry().index()).isGreaterThanOrEqualTo(4711);
            }
            TestMember leader = group.awaitLeader();
            leader.put("next");
            for (TestMember member : group.members()) {
                await().untilAsserted(
                                () -> assertThat(member.consumer.applied()).containsExactly("imported", "next"));
            }
        }
    }

    @Test
    void aMemberThatJoinsOneThatBeganBehindAStateTakesAnImage(@TempDir Path root) throws Exception {
        try (TestGroup group = group(root, "a").withObserver("o")) {
            TestMember leader = group.create("a", new RecordingConsumer(STATE)).start();
            group.awaitLeader();
            // the image is the very state that the journal began behind
            TestImages images = new TestImages(() -> STATE);
            TestMember observer = images.start(group, "o", new RecordingConsumer());
            leader.put("next");
            Fill.awaitSame(observer, leader);
            // and still is when the leader has forgotten that state
            RecordingConsumer.Image now = leader.consumer.image();
            leader.close();
            observer.close();
            deleteRecursively(group.settings("o").directory());
            TestMember again = group.create("a", new RecordingConsumer(now)).start();
            group.awaitLeader();
            TestImages sameImages = new TestImages(() -> STATE);
            TestMember fresh = group.create(
                            "o", sameImages.feed(new RecordingConsumer()), sameImages, new DiskFileLayer())
                    .start();
            Fill.awaitSame(fresh, again);
            assertThat(sameImages.asked).hasSize(1);
        }
    }

    @Test
    void beingKilledBeforeAnyChangeOfOursIsRepeatedOrGoneOnWith(@TempDir Path root) throws Exception {
        int killed = 0;
        for (int changes = 0; ; changes++) {
            try (TestGroup group = group(root.resolve("n" + changes), "a")) {
                StoppingLayer layer = new StoppingLayer();
                layer.arm(changes);
                TestMember member = group.create("a", new RecordingConsumer(STATE), ImageSource.NONE, layer);
                if (startsWithin(member)) {
                    assertThat(layer.fired()).isFalse();
                    break;
                }
                assertThat(layer.fired()).isTrue();
                killed++;
                assertBeginsBehindState(group);
            }
        }
        assertThat(killed).isGreaterThan(6);
    }

    private static boolean startsWithin(TestMember member) {
        try {
            member.start();
            return true;
        } catch (EngineException e) {
            return false;
        } finally {
            member.close();
        }
    }

    /** Ratis' part has its own steps. */
    @Test
    void beingKilledBetweenRatisStepsIsRepeated(@TempDir Path root) throws Exception {
        for (int step = 0; step < 6; step++) {
            try (TestGroup group = group(root.resolve("s" + step), "a")) {
                JournalDirectory journal = group.journal("a");
                Files.createDirectories(journal.group());
                if (step >= 1) {
                    Files.createDirectories(journal.entries());
                }
                if (step == 2) {
                    Files.write(journal.entries().resolve("raft-meta.tmp"), new byte[] {1, 2, 3});
                }
                if (step >= 3) {
                    format(journal, step >= 4 ? 7 : 0);
                }
                if (step >= 5) {
                    Files.write(journal.group().resolve("begin.tmp"), new byte[] {1, 2, 3});
                }
                assertBeginsBehindState(group);
            }
        }
    }

    private static void format(JournalDirectory journal, long term) throws Exception {
        try (RaftStorage storage = RaftStorage.newBuilder()
                .setDirectory(journal.group().toFile())
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
                .build()) {
            storage.initialize();
            storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(term, RaftPeerId.valueOf("")));
        }
    }

    private static void assertBeginsBehindState(TestGroup group) throws Exception {
        TestMember member = group.create("a", new RecordingConsumer(STATE)).start();
        group.awaitLeader();
        assertThat(member.put("next")).isEqualTo("applied next");
        assertThat(member.consumer.position()).isEqualTo(new LogPosition(member.engine.currentTerm(), 4713));
        assertThat(member.engine.currentTerm()).isGreaterThan(7);
        member.close();
    }

    private static void deleteRecursively(Path directory) throws Exception {
        try (var found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
