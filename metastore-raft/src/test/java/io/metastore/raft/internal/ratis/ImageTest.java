package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member whose next entries were purged by the leader. */
class ImageTest {

    /** Three voters of which one is behind what the others still have. */
    private record Lagging(TestGroup group, TestMember leader, String behind, RecordingConsumer.Image state) {

        static Lagging of(TestGroup group) throws Exception {
            TestMember leader = group.awaitLeader();
            Fill.put(leader, 0, 3);
            TestMember behind = group.follower();
            Fill.awaitSame(behind, leader);
            behind.close();
            Lagging lagging = new Lagging(group, leader, behind.name, behind.consumer.image());
            Fill.put(leader, 3, 14);
            lagging.purge();
            return lagging;
        }

        void purge() throws Exception {
            for (TestMember member : group.members()) {
                if (!member.name.equals(behind)) {
                    Fill.awaitSame(member, leader);
                    assertThat(Fill.purgeAll(member))
                            .isGreaterThan(state.position().index() + 1);
                }
            }
        }

        TestImages images() {
            return new TestImages(leader.consumer::image);
        }

        TestMember startBehind(RecordingConsumer.Image from, TestImages images) {
            return group.create(behind, images.feed(new RecordingConsumer(from)), images, new DiskFileLayer())
                    .start();
        }
    }

    private static TestGroup three(Path root) {
        return new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES).startAll();
    }

    /** Two members, whose journals do not reach back to the first entry any more; the one that leads. */
    private static TestMember twoPurged(TestGroup group) throws Exception {
        group.start("a");
        group.start("b");
        TestMember leader = group.awaitLeader();
        Fill.put(leader, 0, 14);
        for (TestMember member : group.members()) {
            Fill.awaitSame(member, leader);
            assertThat(Fill.purgeAll(member)).isPositive();
        }
        return leader;
    }

    @Test
    void aFollowerTakesAnImageAndGoesOnBehindItWhileTheLeaderWrites(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given
            Lagging lagging = Lagging.of(group);
            TestImages images = lagging.images();
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            images.gate = gate;
            // when
            try (Writer writer = new Writer(lagging.leader())) {
                TestMember behind = lagging.startBehind(lagging.state(), images);
                await().until(() -> !images.asked.isEmpty());
                writer.awaitMore(20);
                gate.complete(Boolean.TRUE);
                await().until(() -> behind.consumer.position().index()
                        > lagging.leader().engine.firstIndex());
                writer.awaitMore(20);
            }
            TestMember behind = group.member(lagging.behind());
            // then
            Fill.awaitSame(behind, lagging.leader());
            assertThat(images.asked).hasSize(1);
            assertThat(behind.consumer.applyThreads).hasSize(1);
            long image = images.image().position().index();
            assertThat(behind.engine.firstIndex()).isEqualTo(image + 1);
            assertThat(group.journal(behind.name).segments().list())
                    .allSatisfy(segment -> assertThat(segment.first()).isGreaterThan(image));
            assertThat(group.journal(behind.name).begin().read())
                    .isEqualTo(JournalBegin.behind(images.image().position()));
            assertThat(kept(group, behind.name)).as("it had nothing alone").isEmpty();
            // when: it can lead and be restarted
            RecordingConsumer.Image now = behind.consumer.image();
            behind.close();
            TestMember again =
                    group.create(behind.name, new RecordingConsumer(now)).start();
            Fill.put(lagging.leader(), 100, 2);
            Fill.awaitSame(again, lagging.leader());
        }
    }

    /** Puts small entries one after another, and counts those acknowledged. */
    private static final class Writer implements AutoCloseable {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final CompletableFuture<Boolean> done;

        Writer(TestMember leader) {
            done = CompletableFuture.supplyAsync(() -> {
                try {
                    while (!stop.get()) {
                        leader.put("w" + acknowledged.get());
                        acknowledged.incrementAndGet();
                    }
                    return Boolean.TRUE;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        void awaitMore(int count) {
            int target = acknowledged.get() + count;
            await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.get() >= target);
        }

        @Override
        public void close() {
            stop.set(true);
            done.join();
        }
    }

    @Test
    void aMemberWithANewDirectoryTakesAnImage(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b").adjusted(Fill.SMALL_FILES)) {
            // given
            group.withObserver("o");
            TestMember leader = twoPurged(group);
            // when
            TestImages images = new TestImages(leader.consumer::image);
            TestMember observer = group.create("o", images.feed(new RecordingConsumer()), images, new DiskFileLayer())
                    .start();
            // then
            Fill.awaitSame(observer, leader);
            Fill.put(leader, 14, 2);
            Fill.awaitSame(observer, leader);
            assertThat(observer.engine.status().role()).isEqualTo(EngineStatus.Role.OBSERVER);
            assertThat(images.asked).hasSize(1);
        }
    }

    @Test
    void aVoterWithANewDirectoryTakesAnImage(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES)) {
            TestMember leader = twoPurged(group);
            TestImages images = new TestImages(leader.consumer::image);
            TestMember fresh = group.create("c", images.feed(new RecordingConsumer()), images, new DiskFileLayer())
                    .start();
            Fill.awaitSame(fresh, leader);
            leader.engine.transferLeadership("c", Duration.ofSeconds(5)).join();
            await().until(fresh.engine::leaderReady);
            assertThat(fresh.put("led")).isEqualTo("applied led");
        }
    }

    /** Nothing but the answer to its notice tells the leader that the follower has all there is: no entry follows. */
    @Test
    void leadershipGoesToAMemberOfWhoseImageTheLeaderHearsLater(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES)) {
            // given
            TestMember leader = twoPurged(group);
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            AtomicInteger held = new AtomicInteger();
            group.links.holdAnswers(
                    (from, to, method, answer) -> {
                        boolean tells = method == Method.RAFT_SNAPSHOT
                                && RaftMessages.parse(answer, InstallSnapshotReplyProto.parser())
                                                .getResult()
                                        == InstallSnapshotResult.SNAPSHOT_INSTALLED;
                        if (tells) {
                            held.incrementAndGet();
                        }
                        return tells;
                    },
                    gate);
            TestImages images = new TestImages(leader.consumer::image);
            TestMember fresh = group.create("c", images.feed(new RecordingConsumer()), images, new DiskFileLayer())
                    .start();
            Fill.awaitSame(fresh, leader);
            await().until(() -> held.get() == 1);
            // when
            CompletableFuture<Void> transfer = leader.engine.transferLeadership("c", Duration.ofSeconds(5));
            assertThat(transfer).isNotDone();
            gate.complete(Boolean.TRUE);
            // then
            transfer.get(10, TimeUnit.SECONDS);
            await().until(fresh.engine::leaderReady);
            assertThat(fresh.put("led")).isEqualTo("applied led");
        }
    }

    @Test
    void failedFetchesAreRepeatedWhileTheMemberIsServedNothing(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            Lagging lagging = Lagging.of(group);
            TestImages images = lagging.images();
            images.failures.set(2);
            TestMember behind = lagging.startBehind(lagging.state(), images);
            Fill.awaitSame(behind, lagging.leader());
            assertThat(images.asked).hasSize(3);
            assertThat(behind.consumer.failures).isEmpty();
        }
    }

    @Test
    void anImageThatDoesNotReachTheFirstEntryIsNotTaken(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given: an image that was good until the leader purged again
            Lagging lagging = Lagging.of(group);
            RecordingConsumer.Image old = lagging.leader().consumer.image();
            Fill.put(lagging.leader(), 17, 14);
            lagging.purge();
            assertThat(lagging.leader().engine.firstIndex())
                    .isGreaterThan(old.position().index() + 1);
            AtomicInteger calls = new AtomicInteger();
            TestImages images = new TestImages(() -> calls.getAndIncrement() == 0
                    ? old
                    : lagging.leader().consumer.image());
            // when
            TestMember behind = lagging.startBehind(lagging.state(), images);
            // then
            Fill.awaitSame(behind, lagging.leader());
            assertThat(images.asked).hasSize(2);
        }
    }

    /** Entries of a leader that was alone, beyond the image and never committed, must not survive under the image. */
    @Test
    void aJournalThatContradictsTheImageIsGivenUp(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given
            TestMember old = group.awaitLeader();
            Fill.put(old, 0, 3);
            group.members().forEach(member -> Fill.awaitSame(member, old));
            RecordingConsumer.Image state = old.consumer.image();
            group.links.cutOff(old.name);
            for (int i = 0; i < 40; i++) {
                assertThat(old.submit(Fill.entry(1000 + i))).isNotNull();
            }
            long last = state.position().index() + 40;
            await().until(() -> old.engine.lastEntry().index() == last);
            TestMember leader = group.awaitLeader(old.name);
            Fill.put(leader, 3, 14);
            for (TestMember member : group.members()) {
                if (member != old) {
                    Fill.awaitSame(member, leader);
                    assertThat(Fill.purgeAll(member))
                            .isGreaterThan(state.position().index() + 1);
                }
            }
            old.close();
            group.links.heal();
            // when
            TestImages images = new TestImages(leader.consumer::image);
            TestMember again = group.create(
                            old.name, images.feed(new RecordingConsumer(state)), images, new DiskFileLayer())
                    .start();
            // then
            Fill.awaitSame(again, leader);
            assertThat(images.image().position().index()).isLessThan(last);
            assertThat(again.engine.firstIndex())
                    .isEqualTo(images.image().position().index() + 1);
            Fill.put(leader, 17, 2);
            Fill.awaitSame(again, leader);
            assertThat(again.consumer.failures).isEmpty();
            assertThat(kept(group, old.name))
                    .isEqualTo(IntStream.range(1000, 1040).mapToObj(Fill::entry).toList());
        }
    }

    /** What a member that is behind had alone, as a former leader does, and an image takes the place of. */
    @Test
    void whatMayBeInNoOtherJournalIsKeptBeforeAnImageTakesItsPlace(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given
            TestMember old = group.awaitLeader();
            Fill.put(old, 0, 3);
            group.members().forEach(member -> Fill.awaitSame(member, old));
            RecordingConsumer.Image state = old.consumer.image();
            group.links.cutOff(old.name);
            assertThat(old.submit("alone 1")).isNotDone();
            assertThat(old.submit("alone 2")).isNotDone();
            await().until(() ->
                    old.engine.lastEntry().index() == state.position().index() + 2);
            TestMember leader = group.awaitLeader(old.name);
            Fill.put(leader, 3, 14);
            for (TestMember member : group.members()) {
                if (member != old) {
                    Fill.awaitSame(member, leader);
                    assertThat(Fill.purgeAll(member))
                            .isGreaterThan(old.engine.lastEntry().index() + 1);
                }
            }
            old.close();
            group.links.heal();
            // when
            TestImages images = new TestImages(leader.consumer::image);
            TestMember again = group.create(
                            old.name, images.feed(new RecordingConsumer(state)), images, new DiskFileLayer())
                    .start();
            // then
            Fill.awaitSame(again, leader);
            assertThat(images.asked).hasSize(1);
            assertThat(kept(group, old.name)).containsExactly("alone 1", "alone 2");
        }
    }

    /** The entries beside a member's journal, which has them all in one place. */
    private static List<String> kept(TestGroup group, String member) throws IOException {
        Path overwritten = group.journal(member).group().resolve("overwritten");
        if (!Files.exists(overwritten)) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        try (Stream<Path> places = Files.list(overwritten)) {
            SegmentFiles files = new SegmentFiles(
                    new DiskFileLayer(), places.reduce((one, other) -> other).orElseThrow());
            JournalReader.read(
                    files.list().get(0),
                    group.settings(member).limits(),
                    entry -> found.add(
                            entry.getStateMachineLogEntry().getLogData().toStringUtf8()));
        }
        return found;
    }

    @Test
    void aNewLeaderThatHasAllEntriesIsFollowedWhileAnImageIsFetched(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given: only the leader purged
            TestMember leader = group.awaitLeader();
            Fill.put(leader, 0, 3);
            TestMember stopped = group.follower();
            Fill.awaitSame(stopped, leader);
            stopped.close();
            TestMember other = group.members().stream()
                    .filter(member -> member != leader && member != stopped)
                    .findFirst()
                    .orElseThrow();
            Fill.put(leader, 3, 14);
            Fill.awaitSame(other, leader);
            assertThat(Fill.purgeAll(leader)).isPositive();
            TestImages images = new TestImages(leader.consumer::image);
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            images.gate = gate;
            TestMember behind = group.create(
                            stopped.name,
                            images.feed(new RecordingConsumer(stopped.consumer.image())),
                            images,
                            new DiskFileLayer())
                    .start();
            await().until(() -> !images.asked.isEmpty());
            // when
            leader.engine.transferLeadership(other.name, Duration.ofSeconds(5)).join();
            await().until(other.engine::leaderReady);
            // then: the journal goes on
            Fill.put(other, 17, 2);
            Fill.awaitSame(behind, other);
            // when: the image comes after all
            gate.complete(Boolean.TRUE);
            Fill.put(other, 19, 2);
            // then
            Fill.awaitSame(behind, other);
            assertThat(behind.engine.firstIndex()).isZero();
            assertThat(images.asked).hasSize(1);
        }
    }

    @Test
    void aNewLeaderThatHasNotAllEntriesGetsTheImageTaken(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given
            Lagging lagging = Lagging.of(group);
            TestImages images = lagging.images();
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            images.gate = gate;
            TestMember behind = lagging.startBehind(lagging.state(), images);
            await().until(() -> !images.asked.isEmpty());
            // when
            lagging.leader()
                    .engine
                    .transferLeadership(null, Duration.ofSeconds(5))
                    .join();
            TestMember next = group.awaitLeader(lagging.leader().name);
            Fill.put(next, 17, 2);
            gate.complete(Boolean.TRUE);
            // then
            Fill.awaitSame(behind, next);
            assertThat(images.asked).hasSize(1);
        }
    }

    @Test
    void aMemberThatRestartsWhileItFetchesStartsOver(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            Lagging lagging = Lagging.of(group);
            TestImages never = lagging.images();
            never.gate = new CompletableFuture<>();
            TestMember behind = lagging.startBehind(lagging.state(), never);
            await().until(() -> !never.asked.isEmpty());
            behind.abandon();
            assertThat(group.journal(behind.name).extent().image()).isNull();
            TestImages images = lagging.images();
            TestMember again = lagging.startBehind(lagging.state(), images);
            Fill.awaitSame(again, lagging.leader());
            assertThat(images.asked).hasSize(1);
        }
    }

    @Test
    void aStateThatCannotBeTakenEndsTheEngineAndNeedsTheImageAtTheNextStart(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            // given
            Lagging lagging = Lagging.of(group);
            TestImages images = lagging.images();
            TestMember behind =
                    group.create(lagging.behind(), new RecordingConsumer(lagging.state()), images, new DiskFileLayer());
            behind.consumer.onReload = () -> {
                throw new IllegalStateException("image is damaged");
            };
            // when
            behind.start();
            // then
            await().untilAsserted(() -> assertThat(behind.consumer.failures)
                    .singleElement()
                    .asString()
                    .contains("state could not be taken from an image"));
            assertThat(behind.engine.status().role()).isEqualTo(EngineStatus.Role.STOPPED);
            assertThat(behind.engine.status().failure()).contains("image is damaged");
            behind.close();
            // then: the old state is not enough any more
            assertThat(group.journal(behind.name).extent().image())
                    .isEqualTo(images.image().position());
            TestMember tooOld = group.create(behind.name, new RecordingConsumer(lagging.state()));
            assertThatThrownBy(tooOld::start)
                    .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind())
                            .isEqualTo(EngineException.Kind.JOURNAL_INCOMPLETE))
                    .hasMessageContaining("AWAITS_IMAGE");
            tooOld.close();
            // when
            TestMember again = group.create(behind.name, new RecordingConsumer(images.image()))
                    .start();
            // then
            Fill.awaitSame(again, lagging.leader());
        }
    }

    @Test
    void aStateAtAnotherPositionThanTheImageIsRefused(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            Lagging lagging = Lagging.of(group);
            TestMember behind = group.create(
                    lagging.behind(), new RecordingConsumer(lagging.state()), lagging.images(), new DiskFileLayer());
            behind.consumer.onReload = lagging::state;
            behind.start();
            await().untilAsserted(() ->
                    assertThat(behind.engine.status().failure()).isNotNull().contains("the state is not the image"));
        }
    }

    @Test
    void withoutImagesAMemberIsToldAgainAndAgain(@TempDir Path root) throws Exception {
        try (TestGroup group = three(root)) {
            Lagging lagging = Lagging.of(group);
            AtomicInteger asked = new AtomicInteger();
            ImageSource none = first -> {
                asked.incrementAndGet();
                return CompletableFuture.completedFuture(null);
            };
            TestMember behind = group.create(
                            lagging.behind(), new RecordingConsumer(lagging.state()), none, new DiskFileLayer())
                    .start();
            await().until(() -> asked.get() >= 5);
            assertThat(behind.engine.status().role()).isEqualTo(EngineStatus.Role.FOLLOWER);
            assertThat(behind.consumer.applied()).isEqualTo(lagging.state().applied());
            assertThat(lagging.leader().put("x")).isEqualTo("applied x");
            assertThat(List.of(behind.engine.firstIndex())).containsExactly(0L);
        }
    }
}
