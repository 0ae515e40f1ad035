package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Cluster;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.raft.ObservedOperations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every verb of {@link Cluster} with the leader, and then with the member it is about, killed at the first step, at the second, and so on until it has no
 * more: the operation ends by itself, the membership is wholly the old or wholly the new one at every member, and no acknowledged write is missing.
 *
 * <p>Each run visits one step of one verb, other ones from run to run; all of them those with the tag {@code kills}. With {@code -Dmembership.kills=all} both are killed at every step; else in turns, the leader at one step and the other at the next, and at every second
 * step only where a round has to wait for a member to be found silent first.
 *
 * <p>Moves to another address are in {@link KilledMoveTest}. A pause of elections and its end are one write each, which has no steps. To
 * shrink to two or four has no steps that REMOVE has not.
 */
class KilledOperationTest {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final boolean ALL =
            System.getProperty("membership.kills", "").equals("all");

    /** No verb has more; so many rounds without an end are a bug of this test. */
    private static final int STEPS_MAX = 30;

    /** Who dies. */
    private enum Victim {
        LEADER,
        TARGET
    }

    private final KillAtStep kill = new KillAtStep(PATIENCE);
    private final ToldMembership told = new ToldMembership(PATIENCE);
    private int added;

    private TestCluster start(KilledVerb verb) {
        TestCluster cluster = TestCluster.builder()
                .voters(verb.voters)
                .patience(PATIENCE)
                .configure(builder -> builder.with(new ObservedOperations(kill::reached)))
                .start();
        if (verb == KilledVerb.PROMOTE) {
            try {
                cluster.newObserver("o1").restart();
                told.awaitMembers(cluster, Set.of("fe1 votes", "fe2 votes", "fe3 votes", "o1 observes"));
            } catch (RuntimeException | Error e) {
                cluster.close();
                throw e;
            }
        }
        return cluster;
    }

    /** {@code -Dmembership.kills.seed} repeats the choice of a run. */
    @Test
    void operationEndsByItselfWhoeverDiesAtSomeStep() {
        long seed = Long.getLong("membership.kills.seed", System.nanoTime());
        Random random = new Random(seed);
        KilledVerb verb = List.of(KilledVerb.values()).get(random.nextInt(KilledVerb.values().length));
        Victim victim = verb.targetIsAnother && random.nextBoolean() ? Victim.TARGET : Victim.LEADER;
        int step = 1 + random.nextInt(verb.stepsMin);
        String what = "seed=" + seed + " verb=" + verb + " victim=" + victim + " step=" + step;
        System.out.println("killed operation: " + what);
        try (TestCluster cluster = start(verb)) {
            assertThat(round(cluster, verb, victim, step))
                    .as("somebody was killed: " + what)
                    .isNotNull();
        }
    }

    @Tag("kills")
    @ParameterizedTest
    @EnumSource(KilledVerb.class)
    void operationEndsByItselfWhoeverDiesAtAnyStep(KilledVerb verb) {
        long started = System.nanoTime();
        List<String> ends = new ArrayList<>();
        try (TestCluster cluster = start(verb)) {
            List<Victim> victims = verb.targetIsAnother ? List.of(Victim.values()) : List.of(Victim.LEADER);
            Set<Victim> going = new TreeSet<>(victims);
            for (int step = 1; !going.isEmpty(); step++) {
                assertThat(step).isLessThan(STEPS_MAX);
                for (Victim victim : victims) {
                    boolean due = ALL || isDue(verb, victim, step);
                    if (due && going.contains(victim)) {
                        String end = round(cluster, verb, victim, step);
                        if (end == null) {
                            assertThat(step).as("steps of " + verb).isGreaterThan(verb.stepsMin);
                            going.remove(victim);
                        } else {
                            ends.add(end);
                        }
                    }
                }
            }
        }
        System.out.println("killed operations: verb=" + verb + " kills=" + ends.size() + " seconds="
                + Duration.ofNanos(System.nanoTime() - started).toSeconds() + " ends=" + ends);
        assertThat(ends).hasSizeGreaterThanOrEqualTo(verb.stepsMin / stride(verb));
    }

    private static int stride(KilledVerb verb) {
        return verb.isSlow() && !ALL ? 2 : 1;
    }

    private static boolean isDue(KilledVerb verb, Victim victim, int step) {
        int stride = stride(verb);
        int turn = (step + stride - 1) / stride;
        boolean itsTurn = !verb.targetIsAnother || turn % 2 == (victim == Victim.LEADER ? 0 : 1);
        return itsTurn && step % stride == 1 % stride;
    }

    /** What became of it; null when it has no such step, so that nobody was killed. */
    private @Nullable String round(TestCluster cluster, KilledVerb verb, Victim victim, int step) {
        long started = System.nanoTime();
        TestMember leader = cluster.leader();
        Set<String> before = told.settled(cluster);
        TestMember target = verb.target(cluster, leader, "n" + ++added);
        Set<String> after = verb.expected(target, before);
        TestMember asked = asked(cluster, leader, target);
        WriteLoad load = WriteLoad.start(verb + "-" + victim + step, () -> cluster.running().stream()
                .filter(member -> member == asked || (member == leader && member != target))
                .toList());
        try (load) {
            long prepared = verb.prepare(kill, cluster, asked, target);
            boolean starts = prepared == -1 && !target.isRunning();
            UnaryOperator<String> dies =
                    victim == Victim.LEADER ? UnaryOperator.identity() : carriesOut -> target.name();
            kill.arm(cluster, dies, starts ? target : null, step);
            long id = asking(verb, asked, target, prepared);
            told.await(verb + " to come to step " + step + " or to its end", cluster, kill::isOver);
            kill.disarm();
            TestMember killed = kill.killed();
            if (killed != null) {
                killed.restart();
            }
            String what = verb + " killed=" + victim + " step=" + step + " " + kill.where();
            told.await(what + ": its end", cluster, () -> operation(asked, id)
                    .filter(Operation::isOver)
                    .isPresent());
            Operation end = operation(asked, id).orElseThrow();
            assertThat(load.stop()).as(what).isEmpty();
            Set<String> wanted = end.state() == OperationState.DONE ? after : before;
            told.await(
                    what + ": members " + wanted + " after " + end,
                    cluster,
                    () -> ToldMembership.isToldByAll(cluster, wanted));
            if (verb == KilledVerb.TAKE_BACK) {
                assertThat(end.state()).as(what).isEqualTo(OperationState.CANCELLED);
            }
            leaveOut(wanted, target);
            cluster.assertConverged();
            cluster.running().forEach(load::assertKept);
            verb.back(cluster, told, target, before);
            long millis = (System.nanoTime() - started) / 1_000_000;
            return killed == null
                    ? null
                    : millis + " ms " + step + ":" + victim + " " + kill.where() + " " + end.state();
        }
    }

    /** Neither the leader nor the one it is about, where there is such a voter. */
    private static TestMember asked(TestCluster cluster, TestMember leader, TestMember target) {
        return cluster.running().stream()
                .filter(member -> !member.isObserver() && member != leader && member != target)
                .findFirst()
                .orElse(leader);
    }

    /** Those that are not in the cluster do not take part in convergence. */
    private static void leaveOut(Set<String> members, TestMember target) {
        if (target.isRunning() && !ToldMembership.contains(members, target)) {
            target.stop();
        }
    }

    /** Its number, also when the member that was asked died before it could tell. */
    private long asking(KilledVerb verb, TestMember asked, TestMember target, long prepared) {
        try {
            return verb.ask(kill, asked, target, prepared);
        } catch (MetastoreException e) {
            try {
                Awaitility.await().atMost(PATIENCE).until(() -> kill.killed() != null);
            } catch (org.awaitility.core.ConditionTimeoutException nobodyDied) {
                nobodyDied.addSuppressed(e);
                throw nobodyDied;
            }
            return kill.operation();
        }
    }

    private static Optional<Operation> operation(TestMember asked, long id) {
        return asked.store().cluster().operation(id);
    }
}
