package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.ReadMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Writes whose messages are lost, repeated, or answered too late are applied once or not at all, and it can be found out which. */
class ExactlyOnceTest {

    @Test
    void incrementsThroughAFollowerAreCountedOnceThoughMessagesAreRepeatedDroppedAndDelayed() throws Exception {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            List<TestMember> members = cluster.members();
            for (TestMember from : members) {
                for (TestMember to : members) {
                    if (from != to) {
                        cluster.network().duplicate(from.address(), to.address(), 0.2);
                        cluster.network().drop(from.address(), to.address(), 0.02);
                    }
                }
            }
            // when
            AtomicInteger unknown = new AtomicInteger();
            AtomicInteger counted = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (TestMember member : members) {
                threads.add(new Thread(() -> increment(member.store(), 25, counted, unknown)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            cluster.heal();
            // then
            assertThat(cluster.network().fired()).as("seed=%d", cluster.seed()).isPositive();
            assertThat(unknown).as("every unknown outcome was resolved").hasValue(0);
            assertThat(cluster.leader().table(COUNTERS).get("c"))
                    .as("seed=%d", cluster.seed())
                    .contains((long) counted.get());
            cluster.assertConverged();
        }
    }

    private static void increment(MetaStore store, int times, AtomicInteger counted, AtomicInteger unresolved) {
        for (int i = 0; i < times; i++) {
            try {
                store.withTimeout(Duration.ofSeconds(20)).update(tx -> {
                    long now = tx.in(COUNTERS).get("c").orElse(0L);
                    tx.in(COUNTERS).put("c", now + 1);
                });
                counted.incrementAndGet();
            } catch (OutcomeUnknownException e) {
                OutcomeUnknownException.Resolution truth = e.resolve(Duration.ofSeconds(20));
                if (truth instanceof OutcomeUnknownException.WasCommitted) {
                    counted.incrementAndGet();
                } else if (!(truth instanceof OutcomeUnknownException.WasNotCommitted)) {
                    unresolved.incrementAndGet();
                }
            }
        }
    }

    @Test
    void aWriteThatWasCommittedThoughItsCallerGaveUpResolvesAsCommitted() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            TestMember leader = cluster.leader();
            TestMember writer = cluster.anyFollower();
            leader.table(NOTES).put("warm", "up");
            writer.table(NOTES).put("warm", "up too");
            // when: the leader gets the batch, the writer never hears of it
            cluster.network().cutOneWay(leader.address(), writer.address());
            OutcomeUnknownException error = catchThrowableOfType(OutcomeUnknownException.class, () -> writer.store()
                    .withTimeout(Duration.ofMillis(150))
                    .table(NOTES)
                    .put("k", "v"));
            // then
            assertThat(error).as("outcome").isNotNull();
            assertThat(cluster.network().fired()).isPositive();
            cluster.heal();
            OutcomeUnknownException.Resolution truth = error.resolve(Duration.ofSeconds(20));
            boolean there = cluster.leader().table(NOTES).get("k").isPresent();
            assertThat(truth instanceof OutcomeUnknownException.WasCommitted).isEqualTo(there);
            assertThat(there).as("the leader had it and a majority too").isTrue();
        }
    }

    @Test
    void aWriteOfAnIsolatedLeaderResolvesAsNotCommittedAndStaysSo() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            TestMember old = cluster.leader();
            old.table(NOTES).put("k", "before");
            // when
            old.isolate();
            OutcomeUnknownException error = catchThrowableOfType(OutcomeUnknownException.class, () -> old.store()
                    .withTimeout(Duration.ofMillis(100))
                    .table(NOTES)
                    .put("k", "lost"));
            TestMember fresh = cluster.members().stream()
                    .filter(member -> member != old)
                    .findFirst()
                    .orElseThrow();
            fresh.store().withTimeout(Duration.ofSeconds(20)).table(NOTES).put("k", "after");
            // then
            assertThat(error).as("outcome").isNotNull();
            old.rejoin();
            OutcomeUnknownException.Resolution truth = error.resolve(Duration.ofSeconds(20));
            cluster.assertConverged();
            boolean overwritten = truth instanceof OutcomeUnknownException.WasCommitted;
            String value = old.table(NOTES).reading(ReadMode.local()).get("k").orElseThrow();
            assertThat(value).isEqualTo(overwritten ? "lost" : "after");
        }
    }
}
