package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineFailureTest {
    @Test
    void anApplyThatThrowsStopsTheEngineAndNothingElse(@TempDir Path root) throws Exception {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            leader.put("good");
            leader.consumer.onApply = entry -> {
                throw new IllegalStateException("poison");
            };
            // when
            EngineException failure = (EngineException) leader.submit("bad")
                    .handle((reply, thrown) -> thrown.getCause())
                    .get();
            // then
            assertThat(failure.kind()).isEqualTo(EngineException.Kind.OUTCOME_UNKNOWN);
            assertThat(leader.consumer.failures).singleElement().asString().contains("apply failed");
            assertThat(leader.engine.status().role()).isEqualTo(EngineStatus.Role.STOPPED);
            assertThat(leader.engine.status().failure()).contains("poison");
            assertThat(leader.engine.leaderReady()).isFalse();
            assertThatThrownBy(() -> leader.engine.submit(new byte[1]).get())
                    .cause()
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.STOPPED));
            TestMember successor = group.awaitLeader(leader.name);
            assertThat(successor.put("next")).isEqualTo("applied next");
            assertThat(leader.consumer.applied()).containsExactly("good");
        }
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
    }

    @Test
    void anErrorInApplyIsNoDifferent(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            TestMember member = group.awaitLeader();
            member.consumer.onApply = entry -> {
                throw new AssertionError("bug");
            };
            assertThatThrownBy(() -> member.put("bad")).hasCauseInstanceOf(EngineException.class);
            assertThat(member.consumer.failures).hasSize(1);
        }
    }

    /** Ratis' apply thread waited for the entry that had failed, with a processor to itself and the directory locked, for as long as the process lived. */
    @Test
    void anApplyThatThrowsWhileTheEngineIsClosedEndsAndNothingBehindItIsApplied(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            // given
            TestMember member = group.awaitLeader();
            CountDownLatch committed = new CountDownLatch(1);
            FutureTask<Void> closing = new FutureTask<>(() -> member.engine.close(Duration.ofSeconds(20)), null);
            member.consumer.onApply = entry -> {
                if (entry.equals("bad")) {
                    await().until(() -> committed.getCount() == 0);
                    new Thread(closing).start();
                    await("Ratis to wait for its apply thread").until(EngineFailureTest::isApplyThreadAwaited);
                    throw new IllegalStateException("poison");
                }
            };
            // when
            CompletableFuture<String> bad = member.submit("bad");
            long before = member.engine.status().commitIndex();
            CompletableFuture<String> behind = member.submit("behind");
            await("both to be committed").until(() -> member.engine.status().commitIndex() > before);
            committed.countDown();
            closing.get();
            // then
            assertThat(member.engine.isDown()).isTrue();
            assertThat(member.consumer.applied()).isEmpty();
            assertThat(bad).isCompletedExceptionally();
            assertThat(behind).isCompletedExceptionally();
        }
    }

    private static boolean isApplyThreadAwaited() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().endsWith(".StateMachineUpdater")
                        && frame.getMethodName().equals("stopAndJoin"));
    }

    @Test
    void aThreadThatDiesStopsTheEngine(@TempDir Path root) {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            // given
            TestMember member = group.awaitLeader();
            Thread leaderThread = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("a@group-")
                            && thread.getName().endsWith("LeaderStateImpl"))
                    .findFirst()
                    .orElseThrow();
            // when: it takes an interrupt for a bug and dies, and Ratis would go on to lead
            leaderThread.interrupt();
            // then
            await().untilAsserted(() -> assertThat(member.consumer.failures).hasSize(1));
            assertThat(member.engine.leaderReady()).isFalse();
        }
    }

    @Test
    void aDirectoryInUseIsRefusedAndFreeAfterwards(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            // given
            TestMember first = group.awaitLeader();
            first.put("x");
            // when
            RatisEngine second =
                    new RatisEngine(group.settings("a"), new Links().transport("a"), new RecordingConsumer());
            // then
            assertStartFails(second);
            assertThat(first.put("y")).isEqualTo("applied y");
            // when
            first.close();
            TestMember third = group.start("a");
            // then
            group.awaitLeader();
            assertThat(third.put("z")).isEqualTo("applied z");
        }
    }

    @Test
    void aDamagedJournalIsRefusedAndReleased(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            // given
            TestMember first = group.awaitLeader();
            first.put("x".repeat(1000));
            first.put("y");
            first.close();
            Path segment = segment(group.settings("a").directory());
            byte[] sound = Files.readAllBytes(segment);
            flip(segment, 500);
            // when
            assertStartFails(new RatisEngine(group.settings("a"), new Links().transport("a"), new RecordingConsumer()));
            Files.write(segment, sound);
            // then
            TestMember again = group.start("a");
            group.awaitLeader();
            await().untilAsserted(() -> assertThat(again.consumer.applied()).hasSize(2));
        }
    }

    @Test
    void aDirectoryOfAnotherGroupIsRefused(@TempDir Path root) throws Exception {
        try (TestGroup one = new TestGroup(root, "a").startAll()) {
            one.awaitLeader();
        }
        try (TestGroup other = new TestGroup(root, "a")) {
            assertStartFails(new RatisEngine(other.settings("a"), other.links.transport("a"), new RecordingConsumer()));
        }
    }

    private static void assertStartFails(RatisEngine engine) {
        assertThatThrownBy(engine::start).isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.kind())
                .isEqualTo(EngineException.Kind.START_FAILED));
        assertThat(engine.status().role()).isEqualTo(EngineStatus.Role.STOPPED);
    }

    private static Path segment(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(path -> path.getFileName().toString().startsWith("log_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(offset);
            int old = access.read();
            access.seek(offset);
            access.write(old ^ 0x55);
        }
    }
}
