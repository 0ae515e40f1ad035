package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.JournalExtent;
import io.metastore.raft.internal.engine.JournalFile;
import io.metastore.raft.internal.engine.JournalRecord;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.TransportException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeTest {
    @Test
    void wholeFilesGoAndNothingAboveTheLimit(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            // given
            TestMember member = group.awaitLeader();
            assertThat(member.engine.firstIndex()).isZero();
            Fill.put(member, 0, 21);
            member.consumer.flush();
            List<SegmentFiles.Segment> before = group.journal("a").segments().list();
            assertThat(before).hasSizeGreaterThan(4);
            // when: the limit is inside the third file
            long limit = before.get(2).first() + 1;
            long first = member.engine.purge(limit).get(20, TimeUnit.SECONDS);
            // then
            assertThat(first).isEqualTo(before.get(2).first()).isEqualTo(member.engine.firstIndex());
            assertThat(group.journal("a").segments().list()).isEqualTo(before.subList(2, before.size()));
            assertThat(member.engine.read(first - 1)).isEqualTo(JournalRecord.None.PURGED);
            assertThat(member.engine.read(first)).isInstanceOf(JournalRecord.Entry.class);
            // when: the limit is the last entry of a file
            first = member.engine.purge(before.get(2).last()).get(20, TimeUnit.SECONDS);
            // then
            assertThat(first).isEqualTo(before.get(3).first());
            // when: everything may go
            first = Fill.purgeAll(member);
            // then: the file that is being written stays
            assertThat(first).isEqualTo(before.get(before.size() - 1).first());
            assertThat(member.put("after")).isEqualTo("applied after");
            assertThat(member.engine.purge(0).get(20, TimeUnit.SECONDS)).isEqualTo(first);
        }
    }

    @Test
    void closedFilesAreListedWithTheLengthTheyHaveOnTheDisk(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 21);
            List<JournalFile> expected = new ArrayList<>();
            for (SegmentFiles.Segment segment : group.journal("a").segments().list()) {
                if (!segment.isOpen()) {
                    expected.add(new JournalFile(
                            segment.path(), segment.first(), segment.last(), Files.size(segment.path())));
                }
            }
            assertThat(expected).hasSizeGreaterThan(3);
            assertThat(member.engine.closedFiles()).isEqualTo(expected);
            // when
            member.consumer.flush();
            member.engine.purge(expected.get(1).last()).get(20, TimeUnit.SECONDS);
            // then
            assertThat(member.engine.closedFiles()).isEqualTo(expected.subList(2, expected.size()));
        }
    }

    @Test
    void nothingGoesThatTheStateOnDiskDoesNotHold(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 9);
            assertThat(member.engine.purge(9).get(20, TimeUnit.SECONDS)).isZero();
            long durable = member.consumer.flush().index();
            Fill.put(member, 9, 12);
            long first = member.engine.purge(Long.MAX_VALUE).get(20, TimeUnit.SECONDS);
            assertThat(first).isPositive().isLessThanOrEqualTo(durable + 1);
        }
    }

    @Test
    void aPurgedJournalIsGoneOnWithAfterARestart(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            // given
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 13);
            RecordingConsumer.Image image = member.consumer.image();
            member.consumer.flush();
            Fill.put(member, 13, 5);
            long first = member.engine.purge(image.position().index()).get(20, TimeUnit.SECONDS);
            List<String> applied = member.consumer.applied();
            member.close();
            // when
            JournalExtent extent = group.journal("a").extent();
            assertThat(extent.first()).isEqualTo(first);
            assertThat(extent.hasFirstEntry()).isFalse();
            assertThat(extent.before())
                    .isEqualTo(new LogPosition(image.position().term(), first - 1));
            TestMember again = group.create("a", new RecordingConsumer(image)).start();
            group.awaitLeader();
            // then
            await().untilAsserted(() -> assertThat(again.consumer.applied()).isEqualTo(applied));
            assertThat(again.engine.firstIndex()).isEqualTo(first);
            assertThat(again.put("next")).isEqualTo("applied next");
            assertThat(Fill.purgeAll(again)).isGreaterThan(first);
        }
    }

    /** A purge deletes the oldest files first; whichever of them are gone, what is left is a journal. */
    @Test
    void aPurgeThatWasCutOffBetweenAnyTwoFilesDoesNoHarm(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            // given
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 21);
            RecordingConsumer.Image image = member.consumer.image();
            member.close();
            List<SegmentFiles.Segment> closed = closed(group);
            for (SegmentFiles.Segment oldest : closed) {
                // when
                Files.delete(oldest.path());
                TestMember again =
                        group.create("a", new RecordingConsumer(image)).start();
                // then
                group.awaitLeader();
                assertThat(again.engine.firstIndex()).isEqualTo(oldest.last() + 1);
                assertThat(again.put("after " + oldest.last())).startsWith("applied");
                image = again.consumer.image();
                again.close();
            }
            assertThat(closed).hasSizeGreaterThan(4);
        }
    }

    @Test
    void aHoleIsRefusedAndNamed(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            // given
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 21);
            RecordingConsumer.Image image = member.consumer.image();
            member.close();
            List<SegmentFiles.Segment> closed = closed(group);
            for (SegmentFiles.Segment middle : closed.subList(1, closed.size())) {
                byte[] bytes = Files.readAllBytes(middle.path());
                // when
                Files.delete(middle.path());
                // then
                JournalExtent.Hole hole = new JournalExtent.Hole(middle.first(), middle.last());
                assertThat(group.journal("a").extent().hole()).isEqualTo(hole);
                assertRefused(group, image.position(), "fit=HOLE", hole.toString());
                Files.write(middle.path(), bytes);
            }
            group.create("a", new RecordingConsumer(image)).start();
            group.awaitLeader();
        }
    }

    @Test
    void entriesMissingBetweenStateAndJournalAreRefusedAndNamed(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            // given
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 13);
            long term = member.engine.currentTerm();
            long last = member.engine.lastEntry().index();
            member.close();
            List<SegmentFiles.Segment> closed = closed(group);
            // the journal ends before the state, in the file that was being written
            assertRefused(group, new LogPosition(term, last + 3), "ENDS_TOO_EARLY", "first=" + (last + 1));
            // it ends before the state with a closed file
            SegmentFiles.Segment open = last(group.journal("a").segments().list());
            byte[] bytes = Files.readAllBytes(open.path());
            Files.delete(open.path());
            assertRefused(
                    group,
                    new LogPosition(term, last),
                    "ENDS_TOO_EARLY",
                    new JournalExtent.Hole(open.first(), last).toString());
            assertThat(closed(group)).isEqualTo(closed); // Ratis would have deleted them.
            Files.write(open.path(), bytes);
            // it begins behind what the state needs next
            Files.delete(closed.get(0).path());
            assertRefused(
                    group,
                    LogPosition.NONE,
                    "BEGINS_TOO_LATE",
                    new JournalExtent.Hole(0, closed.get(0).last()).toString());
            // it is gone
            for (SegmentFiles.Segment segment : group.journal("a").segments().list()) {
                Files.delete(segment.path());
            }
            assertRefused(group, new LogPosition(term, last), "MISSING");
        }
    }

    private static void assertRefused(TestGroup group, LogPosition state, String... facts) {
        TestMember member = group.create("a", new RecordingConsumer(state));
        assertThatThrownBy(member::start)
                .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind())
                        .isEqualTo(EngineException.Kind.JOURNAL_INCOMPLETE))
                .hasMessageContainingAll(facts);
        member.close();
    }

    @Test
    void aFileThatCannotBeDeletedFailsThePurgeAndLeavesNoHole(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a")) {
            // given: something in the way, of which Ratis says nothing
            TestMember member = group.awaitLeader();
            Fill.put(member, 0, 21);
            List<SegmentFiles.Segment> closed = closed(group);
            Path second = closed.get(1).path();
            Files.delete(second);
            Files.createDirectories(second.resolve("in the way"));
            // when
            CompletableFuture<Long> purge =
                    member.engine.purge(member.consumer.flush().index());
            // then
            assertThatThrownBy(() -> purge.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.IO_FAILED));
            assertThat(closed(group)).isEqualTo(closed.subList(1, closed.size()));
            // when
            Fill.put(member, 21, 8);
            CompletableFuture<Long> next =
                    member.engine.purge(member.consumer.flush().index());
            // then: the later files wait for it
            assertThatThrownBy(() -> next.get(20, TimeUnit.SECONDS)).cause().isInstanceOf(EngineException.class);
            assertThat(closed(group)).containsAll(closed.subList(1, closed.size()));
            // when
            Files.delete(second.resolve("in the way"));
            // then
            assertThat(Fill.purgeAll(member))
                    .isGreaterThan(closed.get(closed.size() - 1).last());
            RecordingConsumer.Image image = member.consumer.image();
            member.close();
            group.create("a", new RecordingConsumer(image)).start();
            group.awaitLeader();
        }
    }

    /**
     * Up to what all have, as nobody has an image here: who is slower than the others goes on from the journal. In every second round one follower is: it cannot be
     * reached until all have purged.
     */
    @Test
    void purgingBesideAppendsAndFollowersDisturbsNobody(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a", "b", "c")) {
            TestMember leader = group.awaitLeader();
            TestMember slow = group.follower();
            int written = 0;
            for (int round = 0; round < 6; round++) {
                boolean isSlower = round % 2 == 1;
                if (isSlower) {
                    group.links.cutOff(slow.name);
                }
                List<CompletableFuture<String>> replies = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    replies.add(leader.submit(Fill.entry(written++)));
                }
                if (isSlower) {
                    Fill.awaitAll(replies);
                    assertThat(slow.consumer.flush().index())
                            .isLessThan(leader.consumer.flush().index());
                }
                long all = group.members().stream()
                        .mapToLong(member -> member.consumer.flush().index())
                        .min()
                        .orElseThrow();
                for (TestMember member : group.members()) {
                    member.engine.purge(all).get(20, TimeUnit.SECONDS);
                }
                group.links.heal();
                Fill.awaitAll(replies);
            }
            group.members().forEach(member -> Fill.awaitSame(member, leader)); // Before the leader purges all it has.
            for (TestMember member : group.members()) {
                assertThat(Fill.purgeAll(member)).isPositive();
                assertThat(member.consumer.failures).isEmpty();
            }
            assertThat(leader.consumer.applied()).hasSize(written);
        }
    }

    /** The leader does not know what the follower has, and the entry that it would send next is gone; nobody has an image. */
    @Test
    void aFollowerWhoseAnswerWasLostGoesOnFromWhatItHas(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a", "b", "c")) {
            // given: a follower that lacks the last entry of a file and all that follow
            TestMember leader = group.awaitLeader();
            TestMember behind = group.follower();
            int written = 0;
            while (leader.engine.closedFiles().size() < 2) {
                Fill.put(leader, written++, 1);
            }
            JournalFile file = leader.engine.closedFiles().get(1);
            int perFile = (int) (file.last() - file.first() + 1);
            Fill.put(leader, written, perFile - 2);
            written += perFile - 2;
            long end = file.last() + perFile;
            await().until(() -> progress(leader, behind).matchIndex() == end - 1);
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            group.links.cutOff(behind.name);
            group.links.holdAnswers(
                    (from, to, method, answer) -> to.equals(behind.name)
                            && method == Method.RAFT_APPEND
                            && !RaftMessages.parse(answer, AppendEntriesReplyProto.parser())
                                    .getIsHearbeat(),
                    gate);
            Fill.put(leader, written, 12);
            // when: it gets some of them, knows that they are committed, and its answer is lost
            group.links.reconnect(behind.name);
            await().until(() -> behind.consumer.position().index() >= end);
            leader.consumer.flush();
            assertThat(leader.engine.purge(end).get(20, TimeUnit.SECONDS)).isEqualTo(end + 1);
            assertThat(progress(leader, behind).nextIndex()).isEqualTo(end);
            group.links.heal();
            gate.completeExceptionally(new TransportException(TransportException.Kind.UNREACHABLE, "lost"));
            // then
            Fill.awaitSame(behind, leader);
            assertThat(behind.consumer.failures).isEmpty();
        }
    }

    private static FollowerProgress progress(TestMember leader, TestMember follower) {
        return leader.engine.followers().stream()
                .filter(each -> each.id().equals(follower.name))
                .findFirst()
                .orElseThrow();
    }

    /** A new term begins a new file: a follower that missed everything since goes on right behind what was purged. */
    @Test
    void aFollowerThatGoesOnRightBehindThePurgedEntriesNeedsNoImage(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a", "b", "c")) {
            // given: a follower that stopped at the end of a term
            TestMember leader = group.awaitLeader();
            Fill.put(leader, 0, 3);
            TestMember behind = group.follower();
            Fill.awaitSame(behind, leader);
            long end = leader.engine.lastEntry().index();
            behind.close();
            RecordingConsumer.Image state = behind.consumer.image();
            TestMember other = group.another(leader, behind);
            Fill.awaitSame(other, leader);
            leader.engine.transferLeadership(other.name, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            await().until(other.engine::leaderReady);
            Fill.put(other, 3, 6);
            Fill.awaitSame(leader, other);
            // when: just that term is purged, and the members restart
            for (TestMember member : List.of(leader, other)) {
                member.consumer.flush();
                assertThat(member.engine.purge(end).get(20, TimeUnit.SECONDS)).isEqualTo(end + 1);
                RecordingConsumer.Image image = member.consumer.image();
                member.close();
                group.create(member.name, new RecordingConsumer(image)).start();
            }
            TestMember newLeader = group.awaitLeader();
            TestMember again =
                    group.create(behind.name, new RecordingConsumer(state)).start();
            // then
            Fill.awaitSame(again, newLeader);
            assertThat(again.engine.firstIndex()).isZero();
        }
    }

    @Test
    void entriesAreReadBack(@TempDir Path root) throws Exception {
        try (TestGroup group = Fill.started(root, "a", "b", "c")) {
            TestMember leader = group.awaitLeader();
            Fill.put(leader, 0, 14);
            for (TestMember member : group.members()) {
                Fill.awaitSame(member, leader);
                List<String> found = new ArrayList<>();
                long last = member.engine.commitIndex();
                for (long index = 0; index <= last; index++) {
                    JournalRecord record = member.engine.read(index);
                    if (record instanceof JournalRecord.Entry entry) {
                        assertThat(entry.position().index()).isEqualTo(index);
                        assertThat(entry.payload().isReadOnly()).isTrue();
                        found.add(StandardCharsets.UTF_8.decode(entry.payload()).toString());
                    } else {
                        assertThat(record).isInstanceOf(JournalRecord.Own.class);
                    }
                }
                assertThat(found).isEqualTo(leader.consumer.applied());
                assertThat(member.engine.read(last + 1)).isEqualTo(JournalRecord.None.NOT_COMMITTED);
                assertThat(member.engine.read(3)).isEqualTo(leader.engine.read(3));
            }
        }
    }

    private static List<SegmentFiles.Segment> closed(TestGroup group) throws IOException {
        return group.journal("a").segments().list().stream()
                .filter(segment -> !segment.isOpen())
                .toList();
    }

    private static SegmentFiles.Segment last(List<SegmentFiles.Segment> segments) {
        return segments.get(segments.size() - 1);
    }
}
