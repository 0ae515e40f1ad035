package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Cluster;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.PendingOperation;
import io.metastore.api.StoreState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Verbs at random, members killed, cut off and restarted at random while they are carried out, and clients at every member all the time: what clients saw is
 * linearizable, and whatever became of each operation the cluster goes on with one membership that everybody tells.
 *
 * <p>Runs for {@code -Dmembership.schedule.seconds}, 12 by default; {@code -Dmembership.schedule.seed} repeats the choices of a run, though not its timing.
 */
class MembershipScheduleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long SECONDS = Long.getLong("membership.schedule.seconds", 12);
    private static final int CLIENTS = 4;
    private static final int MEMBERS_MAX = 6;
    private static final int VOTERS_MIN = 3;

    private enum Verb {
        ADD_VOTER,
        ADD_OBSERVER,
        PROMOTE,
        DEMOTE,
        REMOVE,
        REPLACE,
        TRANSFER_LEADERSHIP,
        STEP_DOWN,
        LEAVE,
        FORCE_REMOVE,
        /** Of a demotion, at once. */
        CANCEL,
        PAUSE_ELECTIONS,
        CHANGE_ADDRESS
    }

    private enum Fault {
        NONE,
        KILL_LEADER,
        KILL_ANY,
        /** With its directory, so that the others have to come to an end without it. */
        LOSE_LEADER,
        ISOLATE_LEADER,
        ISOLATE_ANY,
        CUT_ONE_WAY
    }

    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> story = Collections.synchronizedList(new ArrayList<>());
    private final RegisterClients clients = new RegisterClients(Duration.ofMillis(10));
    private int added;

    @Test
    void clientsSeeOneHistoryAndMembersOneMembershipWhateverIsChangedAndKilled() {
        long seed = Long.getLong("membership.schedule.seed", System.nanoTime());
        System.out.println("membership schedule: seed=" + seed + " seconds=" + SECONDS);
        Random random = new Random(seed);
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        int rounds = 0;
        try (TestCluster cluster = TestCluster.builder()
                        .voters(3)
                        .seed(seed)
                        .patience(PATIENCE)
                        .start();
                Crew crew = new Crew()) {
            cluster.members().forEach(member -> member.table(NOTES));
            for (int i = 0; i < CLIENTS; i++) {
                Random own = new Random(seed + i);
                crew.start("client-" + i, () -> clients.client(() -> anyOf(cluster, own), own, crew));
            }
            try {
                // A busy machine has few rounds, which may kill nobody: then it goes on.
                for (; System.nanoTime() < end || !hasSeenEnough(); rounds++) {
                    round(cluster, random, crew);
                }
                crew.finish();
                cluster.assertConverged();
                System.out.println("membership schedule: seed=" + seed + " rounds=" + rounds + " "
                        + clients.requireLinearizable() + " " + counts);
            } catch (RuntimeException | Error e) {
                cluster.keepDirectories();
                throw new AssertionError("seed=" + seed + " " + counts + "\n" + String.join("\n", story), e);
            }
        }
    }

    private boolean hasSeenEnough() {
        return counts.keySet().stream().anyMatch(key -> key.startsWith("fault KILL"))
                && counts.keySet().stream().anyMatch(key -> key.endsWith("DONE"));
    }

    private static TestMember anyOf(TestCluster cluster, Random random) {
        List<TestMember> running = cluster.running();
        return running.isEmpty() ? cluster.members().get(0) : running.get(random.nextInt(running.size()));
    }

    private void round(TestCluster cluster, Random random, Crew crew) {
        Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        TestMember leader = cluster.leader();
        List<TestMember> members = belonging(cluster);
        TestMember target = target(cluster, verb, members, leader, random);
        if (target == null) {
            return;
        }
        TestMember asked = any(members, member -> member != target && member.isRunning(), random);
        if (asked == null) {
            return;
        }
        story.add(verb + " " + target.name() + " at " + asked.name() + " leader=" + leader.name() + " fault=" + fault);
        Thread asking = new Thread(() -> ask(cluster, verb, target, asked), "asking");
        asking.start();
        strike(
                cluster,
                verb == Verb.REPLACE && fault == Fault.LOSE_LEADER ? Fault.KILL_LEADER : fault,
                target,
                random,
                crew);
        join(asking);
        settle(cluster, target);
    }

    /** A few answers long, so that the verb gets a part of its way or none of it. */
    private void strike(TestCluster cluster, Fault fault, TestMember target, Random random, Crew crew) {
        awaitAnswers(random.nextInt(40), crew);
        List<TestMember> running = cluster.running();
        TestMember leader = running.stream()
                .filter(MembershipScheduleTest::leads)
                .findFirst()
                .orElse(running.get(0));
        TestMember any = running.get(random.nextInt(running.size()));
        TestMember victim = fault.name().endsWith("LEADER") ? leader : any;
        count("fault " + fault);
        switch (fault) {
            case NONE -> {}
            case KILL_LEADER, KILL_ANY -> {
                kill(victim);
            }
            case LOSE_LEADER -> lose(victim);
            case ISOLATE_LEADER, ISOLATE_ANY -> {
                victim.isolate();
            }
            case CUT_ONE_WAY -> cluster.network().cutOneWay(leader.address(), any.address());
        }
        awaitAnswers(20 + random.nextInt(60), crew);
        cluster.heal();
        for (TestMember stopped : cluster.members()) {
            if (!stopped.isRunning() && stopped != target && !isGone(stopped)) {
                start(stopped);
            }
        }
    }

    private static boolean leads(TestMember member) {
        try {
            return member.probe().leads();
        } catch (IllegalStateException e) {
            return false; // Stopped meanwhile.
        }
    }

    private void kill(TestMember victim) {
        try {
            victim.kill();
            story.add("  killed " + victim.name());
        } catch (IllegalStateException e) {
            story.add("  was stopped already: " + victim.name());
        }
    }

    /** It comes back with nothing, in its old place if it has one. */
    private void lose(TestMember victim) {
        try {
            replaced(victim);
            story.add("  lost " + victim.name());
        } catch (IllegalStateException e) {
            story.add("  was stopped already: " + victim.name());
        }
    }

    private void start(TestMember member) {
        try {
            member.restart();
        } catch (IllegalStateException e) {
            story.add("  runs already: " + member.name());
        } catch (MetastoreException e) {
            story.add("  does not start: " + member.name() + " " + e.getMessage());
        }
    }

    private void awaitAnswers(int more, Crew crew) {
        long before = clients.answered();
        long giveUp = System.nanoTime() + 3_000_000_000L; // Without a quorum nobody is answered.
        Awaitility.await().pollInterval(Duration.ofMillis(2)).atMost(PATIENCE).until(() -> {
            crew.check();
            return clients.answered() - before >= more || System.nanoTime() > giveUp;
        });
    }

    private void ask(TestCluster cluster, Verb verb, TestMember target, TestMember asked) {
        try {
            Cluster members = asked.store().withTimeout(Duration.ofSeconds(5)).cluster();
            switch (verb) {
                case ADD_VOTER, ADD_OBSERVER, REPLACE -> start(target);
                case PROMOTE -> awaitEnd(verb, members.promote(target.name()));
                case DEMOTE -> awaitEnd(verb, members.demote(target.name()));
                case REMOVE -> awaitEnd(verb, members.remove(target.name()));
                case TRANSFER_LEADERSHIP -> awaitEnd(verb, members.transferLeadership(target.name()));
                case STEP_DOWN -> awaitEnd(verb, members.stepDown());
                case LEAVE -> awaitEnd(verb, target.store().cluster().leave());
                case FORCE_REMOVE -> awaitEnd(verb, members.forceRemove(target.name()));
                case CANCEL -> {
                    members.demote(target.name()).cancel();
                    count(verb + " seen DONE");
                }
                case PAUSE_ELECTIONS -> {
                    members.elections().pause();
                    count(verb + " seen DONE");
                }
                case CHANGE_ADDRESS -> move(cluster, target);
            }
        } catch (MembershipRefusedException e) {
            count(verb + " refused " + e.reason());
            story.add("  " + verb + " refused: " + e.getMessage());
        } catch (MetastoreException | IllegalStateException e) {
            count(verb + " interrupted");
            story.add("  " + verb + " interrupted: " + e.getMessage());
        }
    }

    private void awaitEnd(Verb verb, PendingOperation operation) {
        operation.await(Duration.ofSeconds(5));
        count(verb + " seen DONE");
    }

    private void move(TestCluster cluster, TestMember target) {
        String next = cluster.newAddress(target.name());
        target.store().cluster().changeAddress(next);
        target.at(next);
        count(Verb.CHANGE_ADDRESS + " seen DONE");
    }

    private @Nullable TestMember target(
            TestCluster cluster, Verb verb, List<TestMember> members, TestMember leader, Random random) {
        long voters = members.stream().filter(member -> votes(leader, member)).count();
        boolean room = members.size() < MEMBERS_MAX;
        boolean spare = voters > VOTERS_MIN;
        return switch (verb) {
            case ADD_VOTER -> room ? cluster.newMember("n" + ++added) : null;
            case ADD_OBSERVER -> room ? cluster.newObserver("n" + ++added) : null;
            case PROMOTE -> any(members, member -> !votes(leader, member), random);
            case DEMOTE, REMOVE ->
                any(members, member -> member != leader && (spare || !votes(leader, member)), random);
            case REPLACE -> replaced(any(members, member -> member != leader, random));
            case TRANSFER_LEADERSHIP -> any(members, member -> votes(leader, member), random);
            case STEP_DOWN, PAUSE_ELECTIONS -> leader;
            case LEAVE, FORCE_REMOVE -> spare ? any(members, member -> true, random) : null;
            case CANCEL -> spare ? any(members, member -> member != leader && votes(leader, member), random) : null;
            case CHANGE_ADDRESS -> any(members, member -> true, random);
        };
    }

    /** Its directory is lost; it comes back by itself in its old place. */
    private static @Nullable TestMember replaced(@Nullable TestMember lost) {
        return lost == null ? null : lost.kill().wipe().joining(builder -> builder.autoReplace());
    }

    private static boolean votes(TestMember asked, TestMember member) {
        return asked.store().cluster().members().stream()
                .anyMatch(row -> row.name().equals(member.name()) && row.role() != MemberStatus.Role.OBSERVER);
    }

    private static @Nullable TestMember any(List<TestMember> members, Predicate<TestMember> which, Random random) {
        List<TestMember> found = members.stream().filter(which).toList();
        return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
    }

    /** Those the leader knows as members, running. */
    private static List<TestMember> belonging(TestCluster cluster) {
        List<String> names = names(cluster.leader());
        return cluster.running().stream()
                .filter(member -> names.contains(member.name()))
                .toList();
    }

    private static List<String> names(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .map(MemberStatus::name)
                .sorted()
                .toList();
    }

    private static boolean isGone(TestMember member) {
        return !java.nio.file.Files.exists(member.directory().resolve("ROLE"));
    }

    /** Everybody is up, every operation over, every member tells the same; who is out is stopped for good. */
    private void settle(TestCluster cluster, TestMember target) {
        await(cluster, "everybody to be up, no operation to be open and one membership to be told", () -> {
            resumeElections(cluster);
            TestMember leader = cluster.leader();
            List<String> names = names(leader);
            for (TestMember member : cluster.members()) {
                if (!member.isRunning() && (names.contains(member.name()) || member == target)) {
                    start(member);
                }
            }
            for (TestMember member : cluster.running()) {
                boolean out = member.store().status().state() == StoreState.REMOVED;
                if (out && !names.contains(member.name())) {
                    member.stop().wipe();
                }
            }
            boolean over = leader.store().cluster().operations().stream().allMatch(Operation::isOver);
            return over
                    && names.equals(cluster.running().stream()
                            .map(TestMember::name)
                            .sorted()
                            .toList())
                    && cluster.running().stream()
                            .allMatch(member -> rows(member).equals(rows(leader)));
        });
        Operation last = cluster.leader().store().cluster().operations().stream()
                .findFirst()
                .orElse(null);
        if (last != null) {
            count(last.type() + " " + last.state());
            story.add("  " + last);
        }
    }

    /** Who is asked stands for election; one that the others do not elect leaves it to the next. */
    private void resumeElections(TestCluster cluster) {
        for (TestMember member : cluster.running()) {
            MetaStore store = member.store().withTimeout(Duration.ofSeconds(3));
            try {
                if (store.cluster().elections().isPaused()) {
                    store.cluster().elections().resume();
                }
            } catch (MetastoreException e) {
                story.add("  does not resume elections: " + member.name() + " " + e.getMessage());
            }
        }
    }

    private static List<String> rows(TestMember asked) {
        return asked.store().cluster().members().stream()
                .map(member -> member.name() + " " + member.incarnation() + " " + member.address() + " "
                        + (member.role() == MemberStatus.Role.OBSERVER) + " " + member.joined())
                .toList();
    }

    private void count(String what) {
        synchronized (counts) {
            counts.merge(what, 1, Integer::sum);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private static void await(TestCluster cluster, String what, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(20))
                    .pollInSameThread()
                    .ignoreExceptionsMatching(
                            e -> e instanceof MetastoreException || e instanceof IllegalStateException)
                    .atMost(PATIENCE)
                    .until(condition);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("waited in vain for " + what + "\n" + cluster.describe(), e);
        }
    }
}
