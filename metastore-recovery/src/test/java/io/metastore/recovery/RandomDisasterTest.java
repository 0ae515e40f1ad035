package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.Fate;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Clusters that are written to while members are killed, cut off and restarted and links lose and repeat messages at random, until some of the directories are lost for
 * good. What the recovery says may be lost beforehand, and what it says of each write afterwards, is compared with what is; and nothing is gone without a trace: what
 * was lost is in a branch of some directory, those that nobody had at the recovery among them. {@code -Ddisasters=500} for that many, {@code -Ddisasters.seed} for one again.
 */
class RandomDisasterTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final int DISASTERS = Integer.getInteger("disasters", 2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WRITE_MAX = Duration.ofMillis(400);
    private static final int STEPS = 8;

    /** Long runs, as one disaster mostly waits. */
    private static final int SIDE_BY_SIDE = DISASTERS > 10 ? 6 : 1;

    /** Acknowledged writes by key, with the place of each; an instance is for one disaster. */
    private final Map<String, Revision> acknowledged = new TreeMap<>();

    @Test
    void reportedLossIsTheRealOne() {
        long first = Long.getLong("disasters.seed", new Random().nextLong());
        List<Callable<Integer>> disasters = new ArrayList<>();
        for (int i = 0; i < DISASTERS; i++) {
            long seed = first + i;
            disasters.add(() -> losing(seed));
        }
        int losing = FaultPoints.runAll(disasters, SIDE_BY_SIDE);
        System.out.println("disasters: " + DISASTERS + " from seed " + first + " on, " + losing + " lost something");
        if (DISASTERS >= 50) {
            assertThat(losing).as("some lose something, and some do not").isBetween(1, DISASTERS - 1);
        }
    }

    /** 1 when something was lost. */
    private static int losing(long seed) {
        try {
            return new RandomDisasterTest().disaster(new Random(seed)) ? 1 : 0;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("disaster failed: again with -Ddisasters.seed=" + seed, e);
        }
    }

    private boolean disaster(Random random) {
        int voters = random.nextBoolean() ? 3 : 5;
        int observers = random.nextInt(2);
        try (TestCluster cluster =
                TestCluster.builder().voters(voters).observers(observers).start()) {
            for (int step = 0; step < STEPS; step++) {
                write(cluster, random, "s" + step);
                trouble(cluster, random);
            }
            List<TestMember> left = new ArrayList<>(cluster.members());
            Collections.shuffle(left, random);
            if (random.nextBoolean()) { // Those are left that know least.
                left.sort(Comparator.comparingLong(RandomDisasterTest::known));
            }
            cluster.running().forEach(TestMember::kill);
            left = left.subList(0, random.nextBoolean() ? 1 : 1 + random.nextInt(left.size()));
            Tail tail = random.nextBoolean() ? Tail.KEEP_ALL : Tail.CUT_TO_PROVEN;
            return recover(cluster, left, voters, tail);
        }
    }

    private static long known(TestMember member) {
        return member.isRunning() ? member.probe().position().index() : -1;
    }

    private void write(TestCluster cluster, Random random, String prefix) {
        List<TestMember> running = cluster.running();
        TestMember member = running.get(random.nextInt(running.size()));
        for (int i = 0; i < 4; i++) {
            String key = prefix + "." + i;
            try {
                Revision revision =
                        member.store().withTimeout(WRITE_MAX).table(NOTES).put(key, key);
                acknowledged.put(key, revision);
            } catch (MetastoreException e) {
                return; // Nobody was told that it is safe.
            }
        }
    }

    private static void trouble(TestCluster cluster, Random random) {
        List<TestMember> members = cluster.members();
        TestMember member = members.get(random.nextInt(members.size()));
        switch (random.nextInt(5)) {
            case 0 -> {
                if (member.isRunning() && cluster.running().size() > 1) {
                    member.kill();
                }
            }
            case 1 -> members.stream().filter(each -> !each.isRunning()).forEach(TestMember::restart);
            case 2 -> {
                if (member.isRunning()) {
                    member.isolate();
                }
            }
            case 3 -> Disturbance.ofEveryLink(cluster, random, 0.2);
            default -> cluster.heal();
        }
    }

    /** Whether something was lost. */
    private boolean recover(TestCluster cluster, List<TestMember> left, int voters, Tail tail) {
        Survey survey = Recovery.of(left.stream()
                        .map(each -> Source.directory(each.directory()).labelled(each.name()))
                        .toArray(Source[]::new))
                .survey();
        boolean nothingProven = survey.diagnose().bracket().proven() < 0;
        RecoveryPlan plan = survey.plan(PlanOptions.DEFAULT.tail(nothingProven ? Tail.KEEP_ALL : tail));
        long surveyedVoters = left.stream().filter(each -> !each.isObserver()).count();
        if (2 * surveyedVoters > voters && tail.kind() == Tail.Kind.KEEP_ALL) {
            assertThat(plan.verdict().kind())
                    .as("a majority is there\n%s", survey)
                    .isEqualTo(Verdict.Kind.PROVEN_NONE);
        }
        plan.apply(Consent.to(plan));
        TestMember survivor = left.stream()
                .filter(each -> each.directory().equals(plan.target().directory()))
                .findFirst()
                .orElseThrow();
        survivor.rejoin();
        survivor.restart();
        Awaitility.await().atMost(PATIENCE).until(() -> survivor.probe().leads());
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !survivor.store().cluster().lineage().isEmpty());
        assertThat(acknowledged.values().stream().map(each -> each.epoch() + "/" + each.number()))
                .as("two leaders of one epoch would give a number twice")
                .doesNotHaveDuplicates();
        Map<Revision, String> lost = new LinkedHashMap<>();
        acknowledged.forEach((key, revision) -> {
            boolean there = survivor.table(NOTES)
                    .reading(ReadMode.linearizable())
                    .get(key)
                    .isPresent();
            Fate told = survivor.store().cluster().fateOf(revision);
            assertThat(told.kind())
                    .as("%s at %s: %s\n%s\n%s", key, revision.position(), told, plan, survey)
                    .isEqualTo(there ? Fate.Kind.KEPT : Fate.Kind.LOST);
            if (!there) {
                lost.put(revision, key);
                assertThat(plan.verdict().kind())
                        .as("%s at %s is lost\n%s\n%s", key, revision.position(), plan, survey)
                        .isNotEqualTo(Verdict.Kind.PROVEN_NONE);
                assertThat(revision.position().index())
                        .as("%s is lost\n%s\n%s", key, plan, survey)
                        .isBetween(plan.verdict().firstAtRisk(), plan.verdict().lastAtRisk());
            }
        });
        Traces.requireOf(cluster, lost);
        survivor.table(NOTES).put("after", "all");
        return !lost.isEmpty();
    }
}
