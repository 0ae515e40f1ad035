package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member whose next entries were purged by the leader takes an image. */
class ImageTest {
    @Test
    void aFollowerTakesAnImageAndGoesOnBehindItWhileTheLeaderWrites(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            // given
            Lagging lagging = Lagging.of(group);
            // when
            TestImages images;
            try (Writer writer = new Writer(lagging.leader())) {
                images = lagging.startFetching();
                TestMember behind = group.member(lagging.behind());
                writer.awaitMore(20);
                images.gate.complete(Boolean.TRUE);
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
            assertThat(KeptEntries.of(group, behind.name))
                    .as("it had nothing alone")
                    .isEmpty();
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
            TestMember leader = Lagging.twoPurged(group);
            // when
            TestImages images = new TestImages(leader.consumer::image);
            TestMember observer = images.start(group, "o", new RecordingConsumer());
            // then
            Fill.awaitSame(observer, leader);
            Fill.put(leader, 14, 2);
            Fill.awaitSame(observer, leader);
            assertThat(observer.engine.status().role()).isEqualTo(EngineStatus.Role.OBSERVER);
            assertThat(images.asked).hasSize(1);
        }
    }

    @Test
    void failedFetchesAreRepeatedWhileTheMemberIsServedNothing(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
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
        try (TestGroup group = Lagging.three(root)) {
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

    @Test
    void aMemberThatRestartsWhileItFetchesStartsOver(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            Lagging lagging = Lagging.of(group);
            lagging.startFetching();
            TestMember behind = group.member(lagging.behind());
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
        try (TestGroup group = Lagging.three(root)) {
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
        try (TestGroup group = Lagging.three(root)) {
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
        try (TestGroup group = Lagging.three(root)) {
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
