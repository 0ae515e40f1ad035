package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.Fate;
import io.metastore.api.MetastoreException;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A minority was recovered; then the majority, which was not gone at all, comes back, in any order, over links that fail. Every write that was acknowledged to anybody is
 * then part of the history, or in a branch of who acknowledged it, and no two have one epoch and number. {@code -Dreturns=200} for that many, {@code -Dreturns.seed} for
 * one again.
 */
class OldMajorityTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RETURNS = Integer.getInteger("returns", 3);

    /** Long runs, as one return mostly waits. */
    private static final int SIDE_BY_SIDE = RETURNS > 10 ? 6 : 1;

    @Test
    void epochsNeverMix() {
        long first = Long.getLong("returns.seed", new Random().nextLong());
        List<Callable<Integer>> returns = new ArrayList<>();
        for (int i = 0; i < RETURNS; i++) {
            long seed = first + i;
            returns.add(() -> returned(seed));
        }
        int outside = FaultPoints.runAll(returns, SIDE_BY_SIDE);
        if (RETURNS >= 50) {
            assertThat(outside).as("some old majorities go on").isPositive();
        }
        System.out.println("returns: " + RETURNS + " from seed " + first + " on, " + outside
                + " writes acknowledged by old majorities meanwhile, all of them in branches");
    }

    private static int returned(long seed) {
        try {
            return oneReturn(new Random(seed));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("again with -Dreturns.seed=" + seed, e);
        }
    }

    /** Returns how many writes the old majority acknowledged beside the new epoch. */
    private static int oneReturn(Random random) {
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .observers(random.nextInt(2))
                .patience(PATIENCE)
                .start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("before", "both"));
            cluster.running().forEach(TestMember::kill);
            List<TestMember> members = new ArrayList<>(cluster.members());
            Collections.shuffle(members, random);
            TestMember recovered = members.stream()
                    .filter(each -> !each.isObserver())
                    .findFirst()
                    .orElseThrow();
            members.remove(recovered);
            RecoveryPlan plan = Recovery.of(Source.directory(recovered.directory()))
                    .survey()
                    .plan();
            plan.apply(Consent.to(plan));
            recovered.restart();
            Awaitility.await().atMost(PATIENCE).until(() -> recovered.probe().leads());
            long term = recovered.probe().term();
            recovered.table(NOTES).put("epoch", "new");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !recovered.store().cluster().lineage().isEmpty());

            Map<Revision, String> outside = new LinkedHashMap<>();
            Map<Revision, String> inside = new LinkedHashMap<>();
            boolean apart = random.nextBoolean();
            if (apart) { // They cannot hear at first that their epoch has ended, and go on in it.
                cluster.partition(List.of(recovered), members);
            }
            if (!apart) { // What it answers does not come back to them.
                members.forEach(each -> cluster.network().cutOneWay(recovered.address(), each.address()));
            }
            long struck = cluster.network().fired();
            members.forEach(TestMember::restart);
            if (!apart) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> cluster.network().fired() > struck);
                cluster.heal();
                Disturbance.ofEveryLink(cluster, random, 0.3);
            } else {
                goOn(members, recovered, outside, inside);
                TestMember moved = members.get(random.nextInt(members.size()));
                moved.kill().restart();
                outside.put(await(members).table(NOTES).put("later", "old"), "later");
                cluster.heal();
            }
            for (TestMember member : members) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> member.store().status().state() == StoreState.SUPERSEDED);
                assertThatThrownBy(() ->
                                member.table(NOTES).put("there", "old")) // Whether or not it has applied the table.
                        .isInstanceOf(MetastoreException.class);
            }
            cluster.heal();
            inside.put(recovered.table(NOTES).put("here", "new"), "here");
            accountedFor(cluster, recovered, inside, outside);

            assertThat(recovered.probe().leads()).isTrue();
            assertThat(recovered.probe().term())
                    .as("nobody of the old epoch makes it step down")
                    .isEqualTo(term);
            assertThat(recovered.store().cluster().members()).hasSize(1);
            assertThat(recovered.table(NOTES).get("epoch")).contains("new");
            assertThat(recovered.table(NOTES).get("there0")).isEmpty();
            assertThat(recovered.table(NOTES).get("later")).isEmpty();
            for (TestMember member : members) {
                assertThat(member.store().cluster().lineage()).isEmpty();
            }
            return outside.size();
        }
    }

    /** Both histories take writes, side by side. */
    private static void goOn(
            List<TestMember> members,
            TestMember recovered,
            Map<Revision, String> outside,
            Map<Revision, String> inside) {
        TestMember old = await(members);
        outside.put(old.table(NOTES).put("epoch", "old"), "epoch");
        for (int i = 0; i < 20; i++) {
            Revision here = recovered.table(NOTES).put("here" + i, "new");
            Revision there = old.table(NOTES).put("there" + i, "old");
            assertThat(here.epoch()).isEqualTo(2);
            assertThat(there.epoch()).isEqualTo(1);
            inside.put(here, "here" + i);
            outside.put(there, "there" + i);
        }
    }

    /** What the recovered one acknowledged is in the history; what the old majority did is not, is said to be lost, and is in a branch of its directories. */
    private static void accountedFor(
            TestCluster cluster, TestMember recovered, Map<Revision, String> inside, Map<Revision, String> outside) {
        inside.forEach((revision, key) -> {
            assertThat(recovered.store().cluster().fateOf(revision).kind())
                    .as(key)
                    .isEqualTo(Fate.Kind.KEPT);
            assertThat(recovered.table(NOTES).get(key)).as(key).contains("new");
        });
        assertThat(Stream.concat(inside.keySet().stream(), outside.keySet().stream())
                        .map(revision -> revision.epoch() + "/" + revision.number()))
                .as("two leaders of one epoch would give a number twice")
                .doesNotHaveDuplicates();
        outside.forEach((revision, key) -> {
            Fate fate = recovered.store().cluster().fateOf(revision);
            assertThat(fate.kind())
                    .as("%s, acknowledged by the old majority: %s", key, fate)
                    .isEqualTo(Fate.Kind.LOST);
        });
        Traces.requireOf(cluster, outside);
    }

    /** The leader of the old epoch. */
    private static TestMember await(List<TestMember> members) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> members.stream()
                                .filter(each -> each.probe().leads())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }
}
