package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.transport.Method;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The member that is to lead is asked once by Ratis, over links that lose messages. */
class LeadershipTransferTest {
    @Test
    void leadershipGoesOverAlthoughTheFirstMessageAboutItIsLost(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            TestMember next = group.follower();
            leader.put("x");
            AtomicInteger asked = new AtomicInteger();
            group.links.lose((from, to, method, message) ->
                    method == Method.RAFT_START_ELECTION && asked.getAndIncrement() == 0);
            // when
            leader.engine.transferLeadership(next.name, Duration.ofSeconds(10)).get(10, TimeUnit.SECONDS);
            // then
            assertThat(asked).hasValueGreaterThan(1);
            await().until(next.engine::leaderReady);
            assertThat(next.put("y")).isEqualTo("applied y");
        }
    }

    /** Ratis goes on counting when a transfer has succeeded, and then ends whichever is under way. */
    @Test
    void aTransferGoesOnWhenTheTimeOfAnEarlierOneIsOver(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given: the same leader again before that time is over
            TestMember leader = group.awaitLeader();
            TestMember next = group.follower();
            leader.put("x");
            Duration time = Duration.ofSeconds(1);
            long begun;
            do {
                time = time.multipliedBy(2);
                begun = System.nanoTime();
                handOver(leader, next, time);
                handOver(next, leader, Duration.ofSeconds(20));
            } while (System.nanoTime() - begun >= time.toNanos());
            // when
            Appenders appenders = appendersOf(leader);
            group.links.lose((from, to, method, message) -> method == Method.RAFT_START_ELECTION);
            CompletableFuture<Void> later = leader.engine.transferLeadership(next.name, Duration.ofSeconds(20));
            Appenders.Transfer atFirst = appenders.transfer();
            assertThat(atFirst).isNotNull();
            await().until(() -> later.isDone() || appenders.transfer() != atFirst);
            // then: Ratis has ended it, and was asked again
            assertThat(later).isNotDone();
            group.links.heal();
            later.get(20, TimeUnit.SECONDS);
            await().until(next.engine::leaderReady);
            assertThat(next.put("y")).isEqualTo("applied y");
        }
    }

    private static void handOver(TestMember from, TestMember to, Duration timeout) throws Exception {
        from.engine.transferLeadership(to.name, timeout).get(20, TimeUnit.SECONDS);
        await().until(to.engine::leaderReady);
    }

    private static Appenders appendersOf(TestMember member) throws ReflectiveOperationException {
        Field appenders = RatisEngine.class.getDeclaredField("appenders");
        appenders.setAccessible(true);
        return (Appenders) appenders.get(member.engine);
    }
}
