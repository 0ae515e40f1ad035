package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.OutcomeUnknownException.Resolution;
import io.metastore.api.OutcomeUnknownException.WasCommitted;
import io.metastore.api.OutcomeUnknownException.WasNotCommitted;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import io.metastore.raft.MicrometerMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Writes whose messages are lost, repeated, or answered too late are applied once or not at all, and it can be found out which. */
class ExactlyOnceTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Each has to strike, or the test has shown less than it says. */
    private static final List<String> TROUBLE =
            List.of("REQUEST_DROPPED", "REPLY_DROPPED", "REQUEST_DELAYED", "REPLY_DELAYED", "DUPLICATED");

    /** Reads nothing that the caller has seen, so nothing but the journal keeps it from counting twice. */
    private static final CommandType<String, Long> INCREMENT =
            CommandType.of("increment", Codecs.utf8(), Codecs.int64(), (context, key) -> {
                long next = context.in(COUNTERS).get(key).orElse(0L) + 1;
                context.in(COUNTERS).put(key, next);
                return next;
            });

    /** What became of the increments. */
    private static final class Tally {
        private final Set<Long> answered = ConcurrentHashMap.newKeySet();
        private final Set<Long> answeredTwice = ConcurrentHashMap.newKeySet();
        private final AtomicInteger foundCommitted = new AtomicInteger();
        private final AtomicInteger foundNotCommitted = new AtomicInteger();

        void increment(MetaStore store) {
            try {
                Long value = store.withTimeout(Duration.ofSeconds(1)).execute(INCREMENT, "c");
                if (!answered.add(value)) {
                    answeredTwice.add(value);
                }
            } catch (OutcomeUnknownException e) {
                Resolution truth = resolve(e);
                assertThat(revision(resolve(e))).as("asked again").isEqualTo(revision(truth));
                (truth instanceof WasCommitted ? foundCommitted : foundNotCommitted).incrementAndGet();
            } catch (MetastoreException e) {
                // Not applied, it says; the sum will tell.
                assertThat(e.outcome()).isEqualTo(MetastoreException.Outcome.NOT_APPLIED);
            }
        }

        int committed() {
            return answered.size() + foundCommitted.get();
        }

        @Override
        public String toString() {
            return "answered=" + answered.size() + " foundCommitted=" + foundCommitted + " foundNotCommitted="
                    + foundNotCommitted;
        }
    }

    /** Asks until there is a quorum that knows. */
    private static Resolution resolve(OutcomeUnknownException error) {
        long end = System.nanoTime() + LONG.toNanos();
        while (true) {
            try {
                return error.resolve(Duration.ofSeconds(2));
            } catch (UnavailableException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
            }
        }
    }

    /** The revision it made; NONE when it was not committed. */
    private static Revision revision(Resolution truth) {
        return truth instanceof WasCommitted committed ? committed.revision() : Revision.NONE;
    }

    @Test
    void incrementsAreCountedOnceThoughMessagesAreLostRepeatedAndLateAndLeadersDie() {
        MeterRegistry registry = new SimpleMeterRegistry();
        Tally tally = new Tally();
        try (TestCluster cluster = TestCluster.builder()
                        .voters(3)
                        .observers(2)
                        .configure(builder -> builder.commands(INCREMENT).with(MicrometerMetrics.of(registry)))
                        .start();
                Crew crew = new Crew()) {
            System.out.println("exactly once: seed=" + cluster.seed());
            // given: callers on members that live on, so that every outcome can be found out
            trouble(cluster);
            for (TestMember member : cluster.observers()) {
                for (int i = 0; i < 2; i++) {
                    crew.start(member.name() + "-caller-" + i, () -> {
                        while (!crew.isOver()) {
                            tally.increment(member.store());
                        }
                    });
                }
            }
            // when
            int killed = 0;
            while (killed < 3 || resent(registry) == 0) {
                assertThat(killed++)
                        .as("leaders killed, and nothing was ever sent again")
                        .isLessThan(20);
                awaitMore(tally, 15, crew);
                TestMember leader = cluster.leader().kill();
                awaitMore(tally, 15, crew);
                leader.restart();
            }
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> cluster.network().struck().keySet().containsAll(TROUBLE));
            cluster.heal();
            crew.finish();
            // then
            double resent = resent(registry);
            System.out.println("exactly once: seed=" + cluster.seed() + " killed=" + killed + " resent=" + resent
                    + " messages=" + cluster.network().struck() + " " + tally);
            assertThat(resent).as("batches sent again").isPositive();
            assertThat(tally.answeredTwice).as("seed=%d", cluster.seed()).isEmpty();
            long counted = cluster.leader().table(COUNTERS).get("c").orElseThrow();
            assertThat(counted).as("seed=%d %s", cluster.seed(), tally).isEqualTo(tally.committed());
            assertThat(tally.answered).allMatch(value -> value >= 1 && value <= counted);
            cluster.assertConverged();
        }
    }

    private static void trouble(TestCluster cluster) {
        for (TestMember from : cluster.members()) {
            for (TestMember to : cluster.members()) {
                if (from != to) {
                    cluster.network().duplicate(from.address(), to.address(), 0.2);
                    cluster.network()
                            .drop(from.address(), to.address(), 0.003); // A batch that is lost costs five seconds.
                    cluster.network().delay(from.address(), to.address(), Duration.ZERO, Duration.ofMillis(2));
                }
            }
        }
    }

    private static void awaitMore(Tally tally, int more, Crew crew) {
        int before = tally.committed();
        Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(LONG).until(() -> {
            crew.check();
            return tally.committed() >= before + more;
        });
    }

    private static double resent(MeterRegistry registry) {
        return registry.find("metastore.batch.resent").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
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
                    .withTimeout(Duration.ofMillis(300))
                    .table(NOTES)
                    .put("k", "v"));
            // then
            assertThat(error).as("outcome").isNotNull();
            assertThat(cluster.network().fired()).isPositive();
            cluster.heal();
            Resolution truth = resolve(error);
            assertThat(truth).isInstanceOf(WasCommitted.class);
            assertThat(cluster.leader().table(NOTES).get("k")).contains("v");
            writer.table(NOTES).put("k", "later");
            assertThat(revision(resolve(error))).as("asked again").isEqualTo(revision(truth));
        }
    }

    @Test
    void aWriteResolvesWithTheRevisionItWouldHaveReturned() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            TestMember leader = cluster.leader();
            TestMember writer = cluster.anyFollower();
            Revision before = writer.table(NOTES).put("k", "before");
            // when: committed, but the writer never hears of it
            cluster.network().cutOneWay(leader.address(), writer.address());
            OutcomeUnknownException error = catchThrowableOfType(OutcomeUnknownException.class, () -> writer.store()
                    .withTimeout(Duration.ofMillis(300))
                    .table(NOTES)
                    .put("k", "v"));
            assertThat(error).as("outcome").isNotNull();
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> leader.store().revision().number() > before.number());
            Revision made = leader.store().revision();
            cluster.heal();
            // then
            assertThat(made.number()).isEqualTo(before.number() + 1);
            assertThat(revision(resolve(error))).isEqualTo(made);
            // and the same when it is asked later, by way of another leader, after other writes
            Revision later = writer.table(NOTES).put("k", "later");
            leader.stop().restart();
            assertThat(later.position()).isGreaterThan(made.position());
            assertThat(revision(resolve(error))).as("asked again").isEqualTo(made);
        }
    }

    @Test
    void aWriteOfAnIsolatedLeaderResolvesAsNotCommittedAndStaysSo() {
        // The old leader goes on for longer than its caller waits, so the write reaches its journal and no other.
        Timeouts timeouts = Timeouts.defaults().withElection(Duration.ofMillis(700), Duration.ofMillis(1400));
        try (TestCluster cluster =
                TestCluster.builder().voters(3).timeouts(timeouts).start()) {
            // given
            TestMember old = cluster.leader();
            old.table(NOTES).put("k", "before");
            // when
            old.isolate();
            OutcomeUnknownException error = catchThrowableOfType(OutcomeUnknownException.class, () -> old.store()
                    .withTimeout(Duration.ofMillis(100))
                    .table(NOTES)
                    .put("k", "lost"));
            anotherThan(old, cluster).store().withTimeout(LONG).table(NOTES).put("k", "after");
            // then
            assertThat(error).as("outcome").isNotNull();
            assertThat(cluster.network().fired()).isPositive();
            old.rejoin();
            assertThat(resolve(error)).isInstanceOf(WasNotCommitted.class);
            assertThat(old.table(NOTES).get("k")).contains("after");
            // and stays so, whatever the same member writes and whoever leads
            old.table(NOTES).put("other", "1");
            anotherThan(old, cluster).stop().restart();
            old.store().withTimeout(LONG).table(NOTES).put("other", "2");
            assertThat(resolve(error)).isInstanceOf(WasNotCommitted.class);
            cluster.assertConverged();
            for (TestMember member : cluster.members()) {
                assertThat(member.table(NOTES).reading(ReadMode.local()).get("k"))
                        .as("%s", member)
                        .contains("after");
            }
        }
    }

    private static TestMember anotherThan(TestMember one, TestCluster cluster) {
        return cluster.members().stream()
                .filter(member -> member != one)
                .findFirst()
                .orElseThrow();
    }
}
