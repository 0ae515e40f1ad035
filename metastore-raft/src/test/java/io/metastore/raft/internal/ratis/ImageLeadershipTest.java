package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leadership that changes around a member that takes an image. */
class ImageLeadershipTest {
    @Test
    void aVoterWithANewDirectoryTakesAnImage(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES)) {
            TestMember leader = Lagging.twoPurged(group);
            TestImages images = new TestImages(leader.consumer::image);
            TestMember fresh = images.start(group, "c", new RecordingConsumer());
            Fill.awaitSame(fresh, leader);
            leader.engine.transferLeadership("c", Duration.ofSeconds(5)).join();
            await().until(fresh.engine::leaderReady);
            assertThat(fresh.put("led")).isEqualTo("applied led");
        }
    }

    /** Nothing but the answer to its notice tells the leader that the follower has all there is: no entry follows. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leadershipGoesToAMemberOfWhoseImageTheLeaderHearsLater(boolean lost, @TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES)) {
            // given
            TestMember leader = Lagging.twoPurged(group);
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
            TestMember fresh = images.start(group, "c", new RecordingConsumer());
            Fill.awaitSame(fresh, leader);
            await().until(() -> held.get() == 1);
            // when
            CompletableFuture<Void> transfer = leader.engine.transferLeadership("c", Duration.ofSeconds(5));
            assertThat(transfer).isNotDone();
            group.links.heal();
            if (lost) {
                gate.completeExceptionally(new TransportException(TransportException.Kind.UNREACHABLE, "lost"));
            } else {
                gate.complete(Boolean.TRUE);
            }
            // then
            transfer.get(10, TimeUnit.SECONDS);
            await().until(fresh.engine::leaderReady);
            assertThat(fresh.put("led")).isEqualTo("applied led");
        }
    }

    /** The leader hears of the image before the member has taken it: that leads at once, and takes entries when it has. */
    @Test
    void leadershipGoesToAMemberThatIsStillTakingItsImage(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").adjusted(Fill.SMALL_FILES)) {
            // given
            TestMember leader = Lagging.twoPurged(group);
            long last = leader.engine.lastEntry().index();
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            TestImages images = new TestImages(leader.consumer::image);
            RecordingConsumer consumer = new RecordingConsumer();
            consumer.onReload = () -> {
                gate.join();
                return images.image();
            };
            TestMember fresh =
                    group.create("c", consumer, images, new DiskFileLayer()).start();
            await().until(() -> leader.engine.followers().stream()
                    .anyMatch(each -> each.id().equals("c") && each.matchIndex() == last));
            // when
            leader.engine.transferLeadership("c", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            // then
            assertThat(fresh.engine.leaderReady()).isFalse();
            assertThat(consumer.applied()).isEmpty();
            gate.complete(Boolean.TRUE);
            await().until(fresh.engine::leaderReady);
            assertThat(fresh.put("led")).isEqualTo("applied led");
            Fill.awaitSame(leader, fresh);
        }
    }

    @Test
    void aNewLeaderThatHasAllEntriesIsFollowedWhileAnImageIsFetched(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            // given: only the leader purged
            TestMember leader = group.awaitLeader();
            Fill.put(leader, 0, 3);
            TestMember stopped = group.follower();
            Fill.awaitSame(stopped, leader);
            stopped.close();
            TestMember other = group.another(leader, stopped);
            Fill.put(leader, 3, 14);
            Fill.awaitSame(other, leader);
            assertThat(Fill.purgeAll(leader)).isPositive();
            TestImages images = new TestImages(leader.consumer::image);
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            images.gate = gate;
            TestMember behind = images.start(group, stopped.name, new RecordingConsumer(stopped.consumer.image()));
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
        try (TestGroup group = Lagging.three(root)) {
            // given
            Lagging lagging = Lagging.of(group);
            TestImages images = lagging.startFetching();
            TestMember behind = group.member(lagging.behind());
            // when
            lagging.leader()
                    .engine
                    .transferLeadership(null, Duration.ofSeconds(5))
                    .join();
            TestMember next = group.awaitLeader(lagging.leader().name);
            Fill.put(next, 17, 2);
            images.gate.complete(Boolean.TRUE);
            // then
            Fill.awaitSame(behind, next);
            assertThat(images.asked).hasSize(1);
        }
    }
}
