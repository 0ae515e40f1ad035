package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A follower that is killed while it takes an image. What the next start finds says which state it has to begin from. */
class ImageCrashTest {

    /** A voter that is behind what the others still have, with some files of its own. */
    private static String lag(TestGroup group) throws Exception {
        TestMember leader = group.awaitLeader();
        Fill.put(leader, 0, 13);
        TestMember behind = group.follower();
        Fill.awaitSame(behind, leader);
        behind.close();
        Fill.put(leader, 13, 9);
        for (TestMember member : group.members()) {
            if (member != behind) {
                Fill.awaitSame(member, leader);
                assertThat(Fill.purgeAll(member))
                        .isGreaterThan(behind.consumer.position().index() + 1);
            }
        }
        return behind.name;
    }

    /** What is on disk: the state from before, unless it was replaced already or the journal says that it must be. */
    private static RecordingConsumer.Image stateToBeginFrom(
            TestGroup group, TestMember killed, RecordingConsumer.Image before, TestImages images) throws Exception {
        LogPosition needed = group.journal(killed.name).extent().image();
        LogPosition image = images.image().position();
        if (needed != null) {
            assertThat(needed).isEqualTo(image);
            return images.image();
        }
        return killed.consumer.durablePosition().equals(image) ? images.image() : before;
    }

    @Test
    void beingKilledBeforeAnyChangeOfOursLosesNothing(@TempDir Path root) throws Exception {
        try (TestGroup group =
                new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES).startAll()) {
            String name = lag(group);
            RecordingConsumer.Image state = group.member(name).consumer.image();
            Path saved = root.resolve("saved");
            copy(group.settings(name).directory(), saved);
            int killed = 0;
            for (int changes = 0; ; changes++) {
                // given: files as they were, and a leader that has not seen later ones
                TestMember leader = nextLeader(group, name);
                delete(group.settings(name).directory());
                copy(saved, group.settings(name).directory());
                StoppingLayer layer = new StoppingLayer();
                TestImages images = new TestImages(leader.consumer::image);
                CompletableFuture<Boolean> gate = new CompletableFuture<>();
                images.gate = gate;
                TestMember behind = group.create(name, images.feed(new RecordingConsumer(state)), images, layer)
                        .start();
                await().until(() -> !images.asked.isEmpty());
                // when
                layer.arm(changes);
                gate.complete(Boolean.TRUE);
                await().until(images::hasImage);
                leader.put("behind " + changes);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !behind.consumer.failures.isEmpty()
                                || behind.consumer.position().equals(leader.consumer.position()));
                behind.abandon();
                if (behind.consumer.failures.isEmpty()) {
                    break;
                }
                killed++;
                // then
                TestMember again = group.create(
                                name,
                                images.feed(new RecordingConsumer(stateToBeginFrom(group, behind, state, images))),
                                images,
                                new DiskFileLayer())
                        .start();
                leader.put("after " + changes);
                Fill.awaitSame(again, leader);
                again.close();
            }
            assertThat(killed).isGreaterThan(5); // Deleting, writing, naming, forcing; and again when it is over.
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JournalBegin.Discard.class,
            names = {"OLDER", "ALL"})
    void beingKilledBetweenAnyTwoFilesThatAreDeletedLosesNothing(JournalBegin.Discard discard, @TempDir Path root)
            throws Exception {
        try (TestGroup group =
                new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES).startAll()) {
            // given
            String name = lag(group);
            RecordingConsumer.Image image = group.awaitLeader().consumer.image();
            Path saved = root.resolve("saved");
            copy(group.settings(name).directory(), saved);
            int files = group.journal(name).segments().list().size();
            assertThat(files).isGreaterThan(2);
            for (int gone = 0; gone <= files; gone++) {
                // when
                TestMember leader = nextLeader(group, name);
                delete(group.settings(name).directory());
                copy(saved, group.settings(name).directory());
                List<SegmentFiles.Segment> segments =
                        new ArrayList<>(group.journal(name).segments().list());
                group.journal(name).begin().write(JournalBegin.discarding(image.position(), discard));
                if (discard == JournalBegin.Discard.ALL) {
                    Collections.reverse(segments); // Cutting begins at the end.
                }
                for (SegmentFiles.Segment segment : segments.subList(0, gone)) {
                    Files.delete(segment.path());
                }
                assertThat(group.journal(name).extent().image()).isEqualTo(image.position());
                TestMember again = group.create(
                                name, new RecordingConsumer(image), ImageSource.NONE, new DiskFileLayer())
                        .start();
                // then
                leader.put("after " + gone);
                Fill.awaitSame(again, leader);
                assertThat(again.engine.firstIndex()).isEqualTo(image.position().index() + 1);
                again.close();
            }
        }
    }

    /** Entries that were acknowledged behind the image stay when the process ends before the first of them was applied. */
    @Test
    void whatWasWrittenBehindTheImageSurvives(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            TestMember member = group.awaitLeader();
            member.put("x");
            RecordingConsumer.Image image = member.consumer.image();
            member.put("y");
            member.close();
            TestMember second = group.create("a", new RecordingConsumer(image)).start();
            group.awaitLeader();
            second.put("z");
            List<String> applied = second.consumer.applied();
            second.close();
            // the first file ends in "y": as if it had begun behind the image, keep those behind it only
            JournalDirectory journal = group.journal("a");
            List<SegmentFiles.Segment> files = journal.segments().list();
            SegmentFiles.Segment old = files.get(0);
            LogPosition end = new LogPosition(image.position().term(), old.isOpen() ? 2 : old.last());
            journal.begin().write(JournalBegin.discarding(end, JournalBegin.Discard.OLDER));
            RecordingConsumer.Image atEnd = new RecordingConsumer.Image(end, List.of("x", "y"));
            TestMember again = group.create("a", new RecordingConsumer(atEnd)).start();
            await().untilAsserted(() -> assertThat(again.consumer.applied()).isEqualTo(applied));
            assertThat(again.engine.firstIndex()).isEqualTo(end.index() + 1);
        }
    }

    private static TestMember nextLeader(TestGroup group, String notThis) throws Exception {
        TestMember leader = group.awaitLeader();
        TestMember next = group.members().stream()
                .filter(member -> member != leader && !member.name.equals(notThis))
                .findFirst()
                .orElseThrow();
        Fill.awaitSame(next, leader);
        leader.engine.transferLeadership(next.name, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
        await().until(next.engine::leaderReady);
        return next;
    }

    private static void copy(Path from, Path to) throws Exception {
        try (var found = Files.walk(from)) {
            for (Path path : found.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static void delete(Path directory) throws Exception {
        try (var found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
