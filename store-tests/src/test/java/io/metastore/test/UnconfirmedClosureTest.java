package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Committed;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Revision;
import io.metastore.api.Timeouts;
import io.metastore.api.TransactionAbortedException;
import io.metastore.api.TransactionConflictException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Closures where the state they first see is old: what they decide is as good as if it were not. */
class UnconfirmedClosureTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(30);

    @Test
    void anIsolatedFormerLeaderNeverDecidesOnAnOldValue() {
        // Long enough that the old leader goes on believing in itself while the others elect.
        Timeouts timeouts = Timeouts.defaults().withElection(Duration.ofMillis(500), Duration.ofMillis(1500));
        try (TestCluster cluster =
                TestCluster.builder().voters(3).timeouts(timeouts).start()) {
            // given
            TestMember old = cluster.leader();
            old.table(NOTES).put("k", "one");
            MetaStore impatient = old.store().withTimeout(SHORT);
            cluster.network().isolate(old.address());
            TestMember fresh = newLeader(cluster, old);
            fresh.table(NOTES).put("k", "two");
            // when
            int refused = 0;
            int onOld = 0;
            long acknowledged = System.nanoTime();
            while (System.nanoTime() - acknowledged < 1_200_000_000L) {
                refused += readsNothingOld(impatient) + givesUpOverNothingOld(impatient);
                onOld += copies(impatient);
            }
            // then
            assertThat(refused).as("closures that could not be confirmed").isPositive();
            assertThat(onOld).as("bodies that really saw the old value").isPositive();
            cluster.heal();
            // One that has been alone for longer than it waits for a leader refuses at once.
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> old.store().status().leader().isPresent());
            old.store().withTimeout(PATIENCE).update(tx -> {
                assertThat(tx.in(NOTES).get("copy"))
                        .as("copied from what was old")
                        .isEmpty();
                tx.in(NOTES).put("copy", tx.in(NOTES).get("k").orElseThrow());
            });
            assertThat(fresh.table(NOTES).get("copy")).contains("two");
        }
    }

    private static int readsNothingOld(MetaStore store) {
        try {
            Committed<String> read = store.compute(tx -> tx.in(NOTES).get("k").orElseThrow());
            assertThat(read.value()).isEqualTo("two");
            return 0;
        } catch (MetastoreException e) {
            return 1;
        }
    }

    private static int givesUpOverNothingOld(MetaStore store) {
        Throwable thrown = catchThrowable(() -> store.update(tx -> {
            throw tx.abort("seen " + tx.in(NOTES).get("k").orElseThrow());
        }));
        if (thrown instanceof TransactionAbortedException) {
            assertThat(thrown).hasMessageContaining("seen two");
            return 0;
        }
        assertThat(thrown).isInstanceOf(MetastoreException.class);
        return 1;
    }

    private static int copies(MetaStore store) {
        AtomicInteger onOld = new AtomicInteger();
        Throwable thrown = catchThrowable(() -> store.update(tx -> {
            String seen = tx.in(NOTES).get("k").orElseThrow();
            onOld.addAndGet(seen.equals("one") ? 1 : 0);
            tx.in(NOTES).put("copy", seen);
        }));
        assertThat(thrown).isInstanceOf(MetastoreException.class);
        return onOld.get();
    }

    private static TestMember newLeader(TestCluster cluster, TestMember old) {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .atMost(PATIENCE)
                .until(
                        () -> cluster.running().stream()
                                .filter(member ->
                                        member != old && member.probe().leads())
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void aFollowerThatIsFarBehindRunsABodyInVainOnceAndCatchesUpBeforeTheNextRun() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember leader = cluster.leader();
            TestMember follower = farBehind(cluster);
            // when
            AtomicInteger runs = new AtomicInteger();
            Committed<Long> added = follower.store().withTimeout(PATIENCE).compute(tx -> {
                runs.incrementAndGet();
                long next = tx.in(COUNTERS).get("n").orElseThrow() + 1;
                tx.in(COUNTERS).put("n", next);
                return next;
            });
            // then
            assertThat(added.value()).isEqualTo(101);
            assertThat(leader.table(COUNTERS).get("n")).contains(101L);
            assertThat(runs.get()).as("runs").isLessThanOrEqualTo(2);
            assertThat(cluster.network().fired()).isPositive();
        }
    }

    @Test
    void aFollowerThatIsFarBehindReadsAndGivesUpOnTheNewestOnly() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember follower = farBehind(cluster);
            MetaStore patient = follower.store().withTimeout(PATIENCE);
            assertThat(patient.compute(tx -> tx.in(COUNTERS).get("n").orElseThrow())
                            .value())
                    .isEqualTo(100);
            cluster.leader().table(COUNTERS).put("n", 200L);
            assertThat(catchThrowable(() -> patient.update(tx -> {
                        throw tx.abort("seen " + tx.in(COUNTERS).get("n").orElseThrow());
                    })))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("seen 200");
        }
    }

    /** A follower that has the counter at 0 and learns only after a while that the leader has brought it to 100. */
    private static TestMember farBehind(TestCluster cluster) {
        TestMember leader = cluster.leader();
        TestMember follower = cluster.anyFollower();
        Revision first = leader.table(COUNTERS).put("n", 0L);
        follower.store().awaitRevision(first, PATIENCE);
        cluster.network().delay(leader.address(), follower.address(), Duration.ofMillis(400), Duration.ofMillis(500));
        for (long n = 1; n <= 100; n++) {
            leader.table(COUNTERS).put("n", n);
        }
        return follower;
    }

    @Test
    void noAttemptBeginsThatCouldNotBeAnsweredInTime() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            TestMember leader = cluster.leader();
            leader.table(NOTES).put("k", "0");
            Duration delay = Duration.ofMillis(150);
            cluster.followers().forEach(follower -> cluster.network()
                    .delay(leader.address(), follower.address(), delay, delay.plusMillis(1)));
            Throwable thrown;
            int runs;
            Duration timeout = Duration.ofSeconds(2);
            do { // Until there was time for the first attempt, on a machine that is busy.
                AtomicInteger count = new AtomicInteger();
                thrown = catchThrowable(() -> conflictThenLate(leader, timeout, delay.dividedBy(3), count));
                runs = count.get();
            } while (runs < 2);
            assertThat(thrown)
                    .isInstanceOf(TransactionConflictException.class)
                    .hasMessageContaining("attempts=1")
                    .isNotInstanceOf(OutcomeUnknownException.class);
            assertThat(leader.table(NOTES).contains("never")).isFalse();
        }
    }

    /** The first run meets a conflict; the second ends when that little is left until the deadline. */
    private static void conflictThenLate(TestMember member, Duration timeout, Duration left, AtomicInteger runs) {
        AtomicLong deadline = new AtomicLong();
        member.store().withTimeout(timeout).update(tx -> {
            tx.in(NOTES).get("k");
            if (runs.incrementAndGet() == 1) {
                deadline.set(System.nanoTime() + timeout.toNanos()); // At most a moment late.
                OneMember.elsewhere(
                        () -> member.store().withTimeout(PATIENCE).table(NOTES).put("k", "1"));
            } else {
                OneMember.awaitNanoTime(deadline.get() - left.toNanos());
            }
            tx.in(NOTES).put("never", "written");
        });
    }
}
