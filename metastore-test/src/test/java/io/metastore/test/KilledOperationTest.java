package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Cluster;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.PendingOperation;
import io.metastore.api.StoreClosedException;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
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
 */
class KilledOperationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final boolean ALL =
            System.getProperty("membership.kills", "").equals("all");

    /** No verb has more; so many rounds without an end are a bug of this test. */
    private static final int STEPS_MAX = 30;

    private static final String UNSETTLED = " is ";

    /** Who dies. */
    private enum Victim {
        LEADER,
        TARGET
    }

    /** What is asked for. The cluster is fe1, fe2 and fe3 before, and each round ends with that again. */
    private enum Verb {
        ADD_VOTER(5, true),
        ADD_OBSERVER(5, true),
        PROMOTE(5, true),
        DEMOTE(5, true),
        REMOVE(5, true),
        REPLACE(5, true),
        TRANSFER_LEADERSHIP(4, true),
        STEP_DOWN(4, false),
        LEAVE(5, true);

        final int stepsMin;
        final boolean targetIsAnother;

        Verb(int stepsMin, boolean targetIsAnother) {
            this.stepsMin = stepsMin;
            this.targetIsAnother = targetIsAnother;
        }

        int stride() {
            return this == REPLACE && !ALL ? 2 : 1;
        }
    }

    /** Kills somebody when an operation has come to a step, once. */
    private static final class Kill {

        private @Nullable TestCluster cluster;
        private long operation = -1;
        private int steps;
        private int at;
        private boolean ended;
        private Victim victim = Victim.LEADER;
        private String target = "";
        private boolean targetStarts;
        private @Nullable TestMember killed;
        private String where = "";

        synchronized void arm(TestCluster where, Victim who, TestMember about, int step) {
            cluster = where;
            victim = who;
            target = about.name();
            targetStarts = !about.isRunning();
            at = step;
            steps = 0;
            operation = -1;
            killed = null;
            ended = false;
        }

        synchronized void disarm() {
            at = 0;
        }

        /** Somebody was killed, or the operation has ended with nobody killed. */
        synchronized boolean isOver() {
            return killed != null || (ended && at != 0);
        }

        synchronized long operation() {
            return operation;
        }

        synchronized @Nullable TestMember killed() {
            return killed;
        }

        void reached(String member, long id, Moment moment) {
            awaitTarget();
            TestMember dies = victimAt(member, id, moment);
            if (dies == null) {
                return;
            }
            Thread killer = new Thread(dies::kill, "test-kill-" + dies.name());
            killer.start();
            boolean itself = dies.name().equals(member);
            try {
                killer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // By the closing of the very member that is killed.
            }
            synchronized (this) {
                killed = dies;
            }
            if (itself) {
                throw new IllegalStateException("killed");
            }
        }

        /** A member that is let in is not there yet when the first step is recorded; how often a leader then tries would be chance. */
        private void awaitTarget() {
            TestMember starting;
            synchronized (this) {
                starting = targetStarts && at != 0 && cluster != null ? cluster.member(target) : null;
                targetStarts = false;
            }
            if (starting != null) {
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(PATIENCE)
                        .until(starting::isRunning);
            }
        }

        private synchronized @Nullable TestMember victimAt(String member, long id, Moment moment) {
            if (at == 0 || (operation != -1 && operation != id)) {
                return null;
            }
            operation = id;
            steps++;
            if (steps != at || cluster == null) {
                ended |= moment == Moment.ENDED;
                return null;
            }
            at = 0;
            where = moment + " at " + member;
            return cluster.member(victim == Victim.LEADER ? member : target);
        }
    }

    private final Kill kill = new Kill();
    private int added;

    private TestCluster start(Verb verb) {
        TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(builder -> builder.with(new ObservedOperations(kill::reached)))
                .start();
        if (verb == Verb.PROMOTE) {
            try {
                cluster.newObserver("o1").restart();
                awaitMembers(cluster, Set.of("fe1 votes", "fe2 votes", "fe3 votes", "o1 observes"));
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
        Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
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
    @EnumSource(Verb.class)
    void operationEndsByItselfWhoeverDiesAtAnyStep(Verb verb) {
        long started = System.nanoTime();
        int kills = 0;
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
                            kills++;
                            ends.add(end);
                        }
                    }
                }
            }
        }
        System.out.println("killed operations: verb=" + verb + " kills=" + kills + " seconds="
                + Duration.ofNanos(System.nanoTime() - started).toSeconds() + " ends=" + ends);
        assertThat(kills).isGreaterThanOrEqualTo(verb.stepsMin / verb.stride());
    }

    private static boolean isDue(Verb verb, Victim victim, int step) {
        int turn = (step + verb.stride() - 1) / verb.stride();
        boolean itsTurn = !verb.targetIsAnother || turn % 2 == (victim == Victim.LEADER ? 0 : 1);
        return itsTurn && step % verb.stride() == 1 % verb.stride();
    }

    /** What became of it; null when it has no such step, so that nobody was killed. */
    private @Nullable String round(TestCluster cluster, Verb verb, Victim victim, int step) {
        long started = System.nanoTime();
        TestMember leader = cluster.leader();
        TestMember target = target(cluster, verb, leader);
        Set<String> before = settled(cluster);
        Set<String> after = expected(verb, target, before);
        TestMember asked = cluster.running().stream()
                .filter(member -> !member.isObserver() && member != leader && member != target)
                .findFirst()
                .orElseThrow();
        WriteLoad load = WriteLoad.start(verb + "-" + victim + step, () -> cluster.running().stream()
                .filter(member -> member == asked || (member == leader && member != target))
                .toList());
        try (load) {
            kill.arm(cluster, victim, target, step);
            long id = asking(verb, asked, target);
            await(verb + " to come to step " + step + " or to its end", cluster, kill::isOver);
            kill.disarm();
            TestMember killed = kill.killed();
            if (killed != null) {
                killed.restart();
            }
            String what = verb + " killed=" + victim + " step=" + step + " " + kill.where;
            await(what + ": its end", cluster, () -> operation(asked, id)
                    .filter(Operation::isOver)
                    .isPresent());
            Operation end = operation(asked, id).orElseThrow();
            assertThat(load.stop()).as(what).isEmpty();
            Set<String> wanted = end.state() == OperationState.DONE ? after : before;
            await(what + ": members " + wanted + " after " + end, cluster, () -> cluster.running().stream()
                    .filter(member -> contains(wanted, member))
                    .allMatch(member -> members(member).equals(wanted)));
            leaveOut(wanted, target);
            cluster.assertConverged();
            cluster.running().forEach(load::assertKept);
            back(cluster, verb, target, before);
            long millis = (System.nanoTime() - started) / 1_000_000;
            return killed == null ? null : millis + " ms " + step + ":" + victim + " " + kill.where + " " + end.state();
        }
    }

    private static boolean contains(Set<String> members, TestMember member) {
        return members.stream().anyMatch(text -> text.startsWith(member.name() + " "));
    }

    /** Those that are not in the cluster do not take part in convergence. */
    private static void leaveOut(Set<String> members, TestMember target) {
        if (target.isRunning() && !contains(members, target)) {
            target.stop();
        }
    }

    private TestMember target(TestCluster cluster, Verb verb, TestMember leader) {
        return switch (verb) {
            case ADD_VOTER -> cluster.newMember("n" + ++added);
            case ADD_OBSERVER -> cluster.newObserver("n" + ++added);
            case PROMOTE -> cluster.member("o1");
            case DEMOTE, REMOVE, TRANSFER_LEADERSHIP -> cluster.anyFollower();
            case REPLACE -> cluster.anyFollower().kill().wipe().joining(builder -> builder);
            case STEP_DOWN, LEAVE -> leader;
        };
    }

    private static Set<String> expected(Verb verb, TestMember target, Set<String> before) {
        Set<String> after = new TreeSet<>(before);
        String name = target.name();
        switch (verb) {
            case ADD_VOTER -> after.add(name + " votes");
            case ADD_OBSERVER -> after.add(name + " observes");
            case PROMOTE -> {
                after.remove(name + " observes");
                after.add(name + " votes");
            }
            case DEMOTE -> {
                after.remove(name + " votes");
                after.add(name + " observes");
            }
            case REMOVE, LEAVE -> after.remove(name + " votes");
            case REPLACE, TRANSFER_LEADERSHIP, STEP_DOWN -> {}
        }
        return after;
    }

    /** Its number, also when the member that was asked died before it could tell. */
    private long asking(Verb verb, TestMember asked, TestMember target) {
        try {
            return ask(verb, asked, target);
        } catch (StoreClosedException e) {
            Awaitility.await().atMost(PATIENCE).until(() -> kill.killed() != null);
            return kill.operation();
        }
    }

    private static long ask(Verb verb, TestMember asked, TestMember target) {
        Cluster members = asked.store().withTimeout(PATIENCE).cluster();
        PendingOperation operation =
                switch (verb) {
                    case ADD_VOTER -> started(target, () -> members.addVoter(target.name(), target.address()));
                    case ADD_OBSERVER -> started(target, () -> members.addObserver(target.name(), target.address()));
                    case PROMOTE -> members.promote(target.name());
                    case DEMOTE -> members.demote(target.name());
                    case REMOVE -> members.remove(target.name());
                    case REPLACE -> started(target, () -> untilSilent(() -> members.replace(target.name())));
                    case TRANSFER_LEADERSHIP -> members.transferLeadership(target.name());
                    case STEP_DOWN -> members.stepDown();
                    case LEAVE -> target.store().withTimeout(PATIENCE).cluster().leave();
                };
        return operation.id();
    }

    private static PendingOperation started(TestMember target, java.util.function.Supplier<PendingOperation> asking) {
        PendingOperation operation = asking.get();
        target.restart();
        return operation;
    }

    /** The others have to notice first that the old incarnation does not answer. */
    private static PendingOperation untilSilent(Callable<PendingOperation> asking) {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e instanceof MembershipRefusedException refusal
                        && refusal.reason() == MembershipRefusedException.Reason.MEMBER_ALIVE)
                .until(asking, operation -> operation != null);
    }

    private static Optional<Operation> operation(TestMember asked, long id) {
        return asked.store().cluster().operation(id);
    }

    private void back(TestCluster cluster, Verb verb, TestMember target, Set<String> before) {
        Cluster asked = cluster.leader().store().withTimeout(PATIENCE).cluster();
        Set<String> now = settled(cluster);
        String name = target.name();
        if (now.equals(before)) {
            if (verb == Verb.ADD_VOTER || verb == Verb.ADD_OBSERVER) {
                if (target.isRunning()) {
                    target.stop();
                }
            }
            return;
        }
        switch (verb) {
            case ADD_VOTER, ADD_OBSERVER -> {
                if (cluster.leader() == target) {
                    asked.stepDown().await(PATIENCE);
                }
                asked.remove(name).await(PATIENCE);
                target.stop();
            }
            case PROMOTE -> {
                if (cluster.leader() == target) {
                    asked.stepDown().await(PATIENCE);
                }
                asked.demote(name).await(PATIENCE);
            }
            case DEMOTE -> asked.promote(name).await(PATIENCE);
            case REMOVE, LEAVE -> {
                target.wipe().joining(builder -> builder).restart();
                awaitMembers(cluster, before);
            }
            case REPLACE, TRANSFER_LEADERSHIP, STEP_DOWN -> {}
        }
        awaitMembers(cluster, before);
    }

    private static void awaitMembers(TestCluster cluster, Set<String> wanted) {
        await(
                "members " + wanted,
                cluster,
                () -> cluster.running().stream()
                                .filter(member -> contains(wanted, member))
                                .allMatch(member -> members(member).equals(wanted))
                        && cluster.leader().store().cluster().operations().stream()
                                .allMatch(Operation::isOver));
    }

    /** Every member with its role, as this one tells. */
    private static Set<String> members(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .map(member -> member.name()
                        + switch (member.role()) {
                            case LEADER, FOLLOWER, CANDIDATE, VOTER -> " votes";
                            case OBSERVER -> " observes";
                            default -> UNSETTLED + member.role(); // Its engine is being exchanged, for example.
                        })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As the leader tells once each member has a role. */
    private static Set<String> settled(TestCluster cluster) {
        AtomicReference<Set<String>> found = new AtomicReference<>(Set.of());
        await("every member to have a role", cluster, () -> {
            found.set(members(cluster.leader()));
            return found.get().stream().noneMatch(text -> text.contains(UNSETTLED));
        });
        return found.get();
    }

    private static void await(String what, TestCluster cluster, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreExceptionsInstanceOf(MetastoreException.class)
                    .atMost(PATIENCE)
                    .until(condition);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("waited in vain for " + what + "\n" + cluster.describe(), e);
        }
    }
}
