package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonTest {
    private static final int ROUNDS = Integer.getInteger("metastore.test.abandon.rounds", 6);

    @Test
    void noAcknowledgedEntryIsLostWhileLeadersAreAbandonedUnderLoad(@TempDir Path root) throws Exception {
        Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger next = new AtomicInteger();
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            Thread load = new Thread(() -> {
                while (!stop.get()) {
                    submitSome(group, next, acknowledged);
                }
            });
            load.start();
            // when
            for (int round = 0; round < ROUNDS; round++) {
                TestMember leader = group.awaitLeader();
                int before = acknowledged.size();
                await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.size() > before + 20);
                leader.abandon();
                group.awaitLeader(leader.name);
                group.start(leader.name);
            }
            stop.set(true);
            load.join();
            // then
            TestMember leader = group.awaitLeader();
            leader.put("last");
            for (TestMember member : group.members()) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> member.consumer.applied().contains("last"));
                assertThat(member.consumer.applied()).containsAll(acknowledged.keySet());
                assertThat(member.consumer.applied()).isEqualTo(leader.consumer.applied());
                assertThat(member.consumer.failures).isEmpty();
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback records what matters.
    private static void submitSome(TestGroup group, AtomicInteger next, Map<String, Boolean> acknowledged) {
        List<TestMember> members = group.members();
        for (TestMember member : members) {
            if (member.engine.leaderReady()) {
                for (int i = 0; i < 8; i++) {
                    String entry = "e" + next.incrementAndGet();
                    member.submit(entry).whenComplete((reply, failure) -> {
                        if (failure == null) {
                            acknowledged.put(entry, Boolean.TRUE);
                        }
                    });
                }
            }
        }
        await().pollDelay(Duration.ofMillis(2)).until(() -> true);
    }
}
