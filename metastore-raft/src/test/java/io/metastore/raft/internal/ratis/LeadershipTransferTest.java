package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.transport.Method;
import java.nio.file.Path;
import java.time.Duration;
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
}
