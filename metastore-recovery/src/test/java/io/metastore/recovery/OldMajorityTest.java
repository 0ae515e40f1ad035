package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.Fate;
import io.metastore.api.MetastoreException;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A minority was recovered; then the majority, which was not gone at all, comes back, in any order, over links that fail. {@code -Dreturns=200} for that many. */
class OldMajorityTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RETURNS = Integer.getInteger("returns", 3);

    @Test
    void epochsNeverMix() {
        long first = Long.getLong("returns.seed", new Random().nextLong());
        for (int i = 0; i < RETURNS; i++) {
            try {
                oneReturn(new Random(first + i));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("again with -Dreturns.seed=" + (first + i), e);
            }
        }
        System.out.println("returns: " + RETURNS + " from seed " + first + " on");
    }

    private static void oneReturn(Random random) {
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

            List<Revision> outside = new ArrayList<>();
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
                disturb(cluster, random);
            } else {
                outside.addAll(goOn(members, recovered));
                TestMember moved = members.get(random.nextInt(members.size()));
                moved.kill().restart();
                await(members).table(NOTES).put("later", "old");
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
            Revision last = recovered.table(NOTES).put("here", "new");
            assertThat(recovered.store().cluster().fateOf(last).kind()).isEqualTo(Fate.Kind.KEPT);
            for (Revision old : outside) {
                assertThat(recovered.store().cluster().fateOf(old).kind())
                        .as("acknowledged by the old majority: %s", old)
                        .isNotEqualTo(Fate.Kind.KEPT);
            }

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
        }
    }

    /** Every link loses some messages and repeats others. */
    private static void disturb(TestCluster cluster, Random random) {
        for (TestMember from : cluster.members()) {
            for (TestMember to : cluster.members()) {
                if (from != to) {
                    cluster.network().drop(from.address(), to.address(), 0.3 * random.nextDouble());
                    cluster.network().duplicate(from.address(), to.address(), 0.3 * random.nextDouble());
                }
            }
        }
    }

    /** Both histories take writes, side by side; returns those of the old one. */
    private static List<Revision> goOn(List<TestMember> members, TestMember recovered) {
        List<Revision> outside = new ArrayList<>();
        TestMember old = await(members);
        old.table(NOTES).put("epoch", "old");
        for (int i = 0; i < 20; i++) {
            Revision here = recovered.table(NOTES).put("here" + i, "new");
            Revision there = old.table(NOTES).put("there" + i, "old");
            assertThat(here.epoch()).isEqualTo(2);
            assertThat(there.epoch()).isEqualTo(1);
            outside.add(there);
        }
        return outside;
    }

    /** The leader of the old epoch. */
    private static TestMember await(List<TestMember> members) {
        Awaitility.await().atMost(PATIENCE).until(() -> members.stream()
                .anyMatch(each -> each.probe().leads()));
        return members.stream().filter(each -> each.probe().leads()).findFirst().orElseThrow();
    }
}
