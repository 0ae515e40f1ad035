package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineStatus.Role;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.transport.Method;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ratis gives an observer its vote with the lock held that its timer may be waiting for, and waits for the timer. */
class ObserverTimerTest {

    @Test
    void anObserverWhoseTimerIsAboutToLookGetsItsVote(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").withObserver("o").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            leader.put("1");
            TestMember o = group.member("o");
            await().until(() -> o.consumer.applied().contains("1"));
            assertThat(o.engine.status().role()).isEqualTo(Role.OBSERVER);
            CompletableFuture<?> arriving = new CompletableFuture<>();
            CompletableFuture<?> handedOver = new CompletableFuture<>();
            group.links.lose((from, to, method, message) -> {
                if (method == Method.RAFT_APPEND && to.equals("o") && givesVote(message)) {
                    arriving.complete(null);
                    handedOver.join();
                }
                return false;
            });
            // when
            CompletableFuture<GroupConfiguration> change = leader.change("a", "o");
            arriving.get(20, TimeUnit.SECONDS);
            synchronized (o.division()) {
                await().pollInSameThread().until(() -> timers("o").anyMatch(ObserverTimerTest::waitsForLock));
                handedOver.complete(null);
                await().pollInSameThread().until(ObserverTimerTest::isAppendInside);
            }
            // then: the change goes on, perhaps in a next term
            await().until(() -> o.engine.status().role() == Role.FOLLOWER);
            assertThat(group.awaitLeader().put("2")).isEqualTo("applied 2");
            assertThat(o.engine.configuration().members()).isEqualTo(TestMember.members("a", "o"));
            await().untilAsserted(() -> assertThat(o.consumer.applied()).containsExactly("1", "2"));
            await().until(change::isDone);
        }
    }

    private static boolean givesVote(byte[] message) {
        return RaftMessages.parse(message, AppendEntriesRequestProto.parser()).getEntriesList().stream()
                .map(LogEntryProto::getConfigurationEntry)
                .anyMatch(found -> found.getPeersCount() == 2 && found.getOldPeersCount() == 0);
    }

    private static Stream<Thread> timers(String member) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(member + "@")
                        && thread.getName().endsWith("FollowerState"));
    }

    private static boolean waitsForLock(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED;
    }

    /** Whether an append with a configuration, on its way to Ratis or already there, waits. */
    private static boolean isAppendInside() {
        return Thread.getAllStackTraces().entrySet().stream()
                .anyMatch(thread -> thread.getKey().getState() != Thread.State.RUNNABLE
                        && Stream.of(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().equals(ConfigurationAppend.class.getName())
                                        || frame.getClassName().equals(ObserverTimer.class.getName())));
    }
}
