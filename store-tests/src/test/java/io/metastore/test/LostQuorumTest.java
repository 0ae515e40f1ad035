package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A member that is left alone, whatever it was: it says so, shows what it has, refuses the rest at once, and goes on when the others are back. */
@MetaStoreTest(voters = 3, observers = 1)
class LostQuorumTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Far below the deadline of a call, which is what a refusal must not wait for. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private enum Left {
        LEADER,
        FOLLOWER,
        OBSERVER;

        TestMember in(TestCluster cluster) {
            return switch (this) {
                case LEADER -> cluster.leader();
                case FOLLOWER -> cluster.anyFollower();
                case OBSERVER -> cluster.observers().get(0);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void lostQuorumIsNamedServesLocalReadsFailsWritesFastAndEndsByItself(Left role, TestCluster cluster) {
        // given
        cluster.leader().table(NOTES).put("a", "1");
        cluster.awaitApplied(cluster.leader().store().revision());
        TestMember left = role.in(cluster);
        left.table(NOTES).put("by", left.name());
        cluster.awaitApplied(left.store().revision());
        List<TestMember> lost =
                cluster.members().stream().filter(member -> member != left).toList();
        // when
        lost.forEach(TestMember::kill);
        Awaitility.await().atMost(PATIENCE).until(() -> left.store().status().state() == StoreState.NO_QUORUM);
        // then
        assertThat(left.store().health().ready()).isFalse();
        assertThat(left.store().health().live()).isTrue();
        assertThat(left.store().health().findings())
                .extracting(finding -> finding.code())
                .contains("NO_QUORUM");
        assertThat(left.table(NOTES).reading(ReadMode.local()).get("a")).contains("1");
        refusesAtOnce(() -> left.table(NOTES).put("b", "2"));
        refusesAtOnce(() -> left.store().async().table(NOTES).put("b", "3").join());
        refusesAtOnce(() -> left.store().update(tx -> tx.in(NOTES).put("b", "4")));
        refusesAtOnce(() -> left.table(NOTES).get("a"));
        // and when
        cluster.restart(lost.subList(0, 2));
        // then
        cluster.leader();
        Awaitility.await().atMost(PATIENCE).until(() -> left.store().status().state() == StoreState.SERVING);
        left.store().withTimeout(PATIENCE).table(NOTES).put("c", "3");
        assertThat(left.store().status().state()).isEqualTo(StoreState.SERVING);
        assertThat(left.table(NOTES).get("b")).isEmpty();
        cluster.assertConverged();
    }

    private static void refusesAtOnce(Runnable call) {
        long started = System.nanoTime();
        Throwable thrown = catchThrowable(call::run);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        assertThat(thrown instanceof CompletionException ? thrown.getCause() : thrown)
                .isInstanceOfSatisfying(UnavailableException.class, e -> assertThat(e.outcome())
                        .isEqualTo(MetastoreException.Outcome.NOT_APPLIED));
        assertThat(took).isLessThan(AT_ONCE);
    }

    @Test
    void writesUnderWayWhenTheQuorumIsLostEndAtTheirDeadlineAndTheirOutcomeIsTheTruth(TestCluster cluster) {
        // given
        TestMember left = cluster.leader();
        left.table(NOTES).put("k", "v");
        List<TestMember> lost = cluster.followers();
        // when
        lost.forEach(TestMember::kill);
        MetaStore impatient = left.store().withTimeout(Duration.ofMillis(300));
        List<CompletableFuture<Revision>> writes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            writes.add(impatient.async().table(NOTES).put("k" + i, "v"));
        }
        // then
        List<MetastoreException> errors =
                writes.stream().map(LostQuorumTest::failure).toList();
        cluster.restart(lost);
        int unknown = 0;
        for (int i = 0; i < errors.size(); i++) {
            if (errors.get(i) instanceof OutcomeUnknownException error) {
                unknown++;
                boolean committed = error.resolve(PATIENCE) instanceof OutcomeUnknownException.WasCommitted;
                assertThat(isThere(left, "k" + i)).as("k%d", i).isEqualTo(committed);
            } else {
                assertThat(errors.get(i).outcome()).isEqualTo(MetastoreException.Outcome.NOT_APPLIED);
                assertThat(isThere(left, "k" + i))
                        .as("k%d: %s", i, errors.get(i))
                        .isFalse();
            }
        }
        assertThat(unknown).as("the first was in the leader's journal").isPositive();
    }

    private static boolean isThere(TestMember member, String key) {
        return member.store().withTimeout(PATIENCE).table(NOTES).contains(key);
    }

    /** What a write failed with, soon after its deadline. */
    private static MetastoreException failure(CompletableFuture<Revision> write) {
        try {
            throw new AssertionError("was acknowledged: " + write.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(MetastoreException.class);
            return (MetastoreException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("a future was not completed", e);
        }
    }
}
