package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Autopilot;
import io.metastore.api.Health;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.StoreState;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Voters that stay away are replaced by observers that wait, and by nobody else, one at a time. */
class AutopilotTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration DEAD_AFTER = Duration.ofSeconds(2);

    private static final Autopilot QUICK = Autopilot.builder()
            .deadAfter(DEAD_AFTER)
            .stabilisation(Duration.ofSeconds(1))
            .build();

    private static TestCluster start(int voters, int observers, UnaryOperator<Autopilot.Builder> more) {
        return TestCluster.builder()
                .voters(voters)
                .observers(observers)
                .patience(PATIENCE)
                .configure(builder ->
                        builder.autopilot(more.apply(QUICK.toBuilder()).build()))
                .start();
    }

    /** As {@code fe1 fe2 fe4/}: who is in the cluster, who has no vote. */
    private static List<String> members(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .map(member -> member.name() + (member.role() == MemberStatus.Role.OBSERVER ? "/" : ""))
                .sorted()
                .toList();
    }

    private static void awaitMembers(TestCluster cluster, String... names) {
        await(cluster, "members " + List.of(names), () -> cluster.running().stream()
                .filter(member -> List.of(names).contains(member.name()))
                .allMatch(member -> members(member).equals(List.of(names))));
    }

    private static void await(TestCluster cluster, String what, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(MetastoreException.class)
                    .until(condition);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            TestMember leader = cluster.leader();
            throw new AssertionError(
                    "waited in vain for " + what + "\n" + cluster.describe() + "\n"
                            + leader.store().cluster().operations() + "\n"
                            + leader.store().health(),
                    e);
        }
    }

    private static List<String> notReplaced(TestMember member) {
        return member.store().health().findings().stream()
                .filter(finding -> finding.code().equals("VOTER_NOT_REPLACED"))
                .map(Health.Finding::text)
                .toList();
    }

    /** As {@code PROMOTE fe4 DONE}, in the order in which they were accepted. */
    private static List<String> operations(TestCluster cluster) {
        return cluster.leader().store().cluster().operations().stream()
                .sorted(java.util.Comparator.comparing(Operation::id))
                .peek(operation -> assertThat(operation.requestedBy()).isEqualTo(Autopilot.REQUESTED_BY))
                .map(operation -> operation.type() + " " + operation.target() + " " + operation.state())
                .toList();
    }

    @Test
    void observerTakesThePlaceOfAVoterThatStaysAway() {
        try (TestCluster cluster = start(3, 2, settings -> settings)) {
            TestMember dead = cluster.anyFollower();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            Instant killed = Instant.now();

            dead.kill();

            List<String> left = cluster.running().stream()
                    .map(TestMember::name)
                    .map(name -> name.equals("fe5") ? "fe5/" : name)
                    .sorted()
                    .toList();
            awaitMembers(cluster, left.toArray(String[]::new));
            await(cluster, "the ends", () -> cluster.leader().store().cluster().operations().stream()
                    .allMatch(Operation::isOver));
            assertThat(operations(cluster)).containsExactly("PROMOTE fe4 DONE", "REMOVE " + dead.name() + " DONE");
            assertThat(cluster.leader().store().cluster().operations())
                    .allSatisfy(operation -> assertThat(operation.started()).isAfter(killed.plus(DEAD_AFTER)));
            assertThat(cluster.leader().store().cluster().failureTolerance()).isEqualTo(1);
            assertThat(notReplaced(cluster.leader())).isEmpty();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "b"));
            cluster.assertConverged();
            // then the one that was replaced does not come back as it was, and can come with an empty directory
            dead.restart();
            await(cluster, dead.name() + " to know", () -> dead.store().status().state() == StoreState.REMOVED);
            dead.stop().wipe().joining(MetaStore.Builder::observer).restart();
            await(cluster, dead.name() + " to wait as an observer", () -> members(dead)
                    .contains(dead.name() + "/"));
        }
    }

    @Test
    void oneAfterTheOtherIsReplacedWhenTwoOfFiveStayAway() {
        AtomicReference<TestCluster> running = new AtomicReference<>();
        List<Integer> open = new java.util.concurrent.CopyOnWriteArrayList<>();
        ObservedOperations observed = new ObservedOperations((member, operation, moment) -> {
            TestCluster cluster = running.get();
            if (cluster != null && moment == Moment.CHANGING) {
                open.add((int) cluster.member(member).store().cluster().operations().stream()
                        .filter(each -> !each.isOver())
                        .count());
            }
        });
        try (TestCluster cluster = TestCluster.builder()
                .voters(5)
                .observers(2)
                .patience(PATIENCE)
                .configure(builder -> builder.autopilot(QUICK).with(observed))
                .start()) {
            running.set(cluster);
            List<TestMember> dead = cluster.followers().subList(0, 2);
            dead.forEach(TestMember::kill);

            String[] left =
                    cluster.running().stream().map(TestMember::name).sorted().toArray(String[]::new);
            awaitMembers(cluster, left);
            await(cluster, "the ends", () -> cluster.leader().store().cluster().operations().stream()
                    .allMatch(Operation::isOver));
            assertThat(operations(cluster))
                    .hasSize(4)
                    .allMatch(operation -> operation.endsWith(OperationState.DONE.name()))
                    .satisfies(operations -> {
                        assertThat(operations.get(0)).startsWith("PROMOTE");
                        assertThat(operations.get(1)).startsWith("REMOVE");
                        assertThat(operations.get(2)).startsWith("PROMOTE");
                        assertThat(operations.get(3)).startsWith("REMOVE");
                    });
            assertThat(open).isNotEmpty().containsOnly(1);
            assertThat(cluster.leader().store().cluster().failureTolerance()).isEqualTo(2);
        }
    }

    @Test
    void withoutAnObserverNobodyIsRemovedAndEveryMemberSaysWhy() {
        try (TestCluster cluster = start(3, 0, settings -> settings)) {
            TestMember dead = cluster.anyFollower().kill();

            await(cluster, "findings", () -> cluster.running().stream()
                    .allMatch(member -> !notReplaced(member).isEmpty()));
            assertThat(notReplaced(cluster.leader()).get(0))
                    .contains("voter " + dead.name() + " has not answered for")
                    .contains("there is no observer");
            assertThat(cluster.leader().store().cluster().operations()).isEmpty();
            assertThat(members(cluster.leader())).containsExactly("fe1", "fe2", "fe3");
            // then an observer that comes is taken
            cluster.newObserver("fe4").restart();
            String[] left =
                    cluster.running().stream().map(TestMember::name).sorted().toArray(String[]::new);
            awaitMembers(cluster, left);
            await(cluster, "no findings", () -> cluster.running().stream()
                    .allMatch(member -> notReplaced(member).isEmpty()));
        }
    }

    @Test
    void observerThatIsToStayOneIsNotPromoted() {
        try (TestCluster cluster = start(3, 1, settings -> settings.keptObservers("fe4"))) {
            cluster.anyFollower().kill();

            await(cluster, "a finding", () -> !notReplaced(cluster.leader()).isEmpty());
            assertThat(notReplaced(cluster.leader()).get(0)).contains("fe4 is kept an observer");
            assertThat(cluster.leader().store().cluster().operations()).isEmpty();
        }
    }

    @Test
    void voterThatComesBackInTimeKeepsItsPlace() {
        try (TestCluster cluster = start(3, 1, settings -> settings.deadAfter(Duration.ofSeconds(10)))) {
            TestMember away = cluster.anyFollower().kill();
            await(cluster, "its silence to be noticed", () -> cluster.leader().store().health().findings().stream()
                    .anyMatch(finding -> finding.code().equals("MEMBER_SILENT")));
            away.restart();
            cluster.assertConverged();
            // Being there is not enough: the leader has to have heard it once.
            await(cluster, "its answers to be heard", () -> cluster.leader().store().health().findings().stream()
                    .noneMatch(finding -> finding.code().equals("MEMBER_SILENT")));
            assertThat(cluster.leader().store().cluster().operations()).isEmpty();
            // then the time begins anew when it goes again
            Instant second = Instant.now();
            away.kill();
            await(
                    cluster,
                    "it to be replaced",
                    () -> !cluster.leader().store().cluster().operations().isEmpty());
            assertThat(cluster.leader().store().cluster().operations().get(0).started())
                    .isAfter(second.plusSeconds(10));
        }
    }

    @Test
    void newLeaderGoesOnInTheMiddle() {
        AtomicReference<TestCluster> running = new AtomicReference<>();
        AtomicReference<String> former = new AtomicReference<>();
        ObservedOperations observed = new ObservedOperations((member, operation, moment) -> {
            TestCluster cluster = running.get();
            if (cluster != null && moment == Moment.CHANGED && former.compareAndSet(null, member)) {
                // The promotion is made and not recorded as done: from here on another one leads.
                Thread killer = new Thread(() -> cluster.member(member).kill(), "test-kill-" + member);
                killer.start();
                try {
                    killer.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IllegalStateException("killed");
            }
        });
        try (TestCluster cluster = TestCluster.builder()
                .voters(5)
                .observers(1)
                .patience(PATIENCE)
                .configure(builder -> builder.autopilot(QUICK).with(observed))
                .start()) {
            running.set(cluster);
            TestMember dead = cluster.anyFollower().kill();
            await(
                    cluster,
                    "the leader to be killed",
                    () -> former.get() != null && !cluster.member(former.get()).isRunning());
            cluster.member(former.get()).restart();

            String[] left =
                    cluster.running().stream().map(TestMember::name).sorted().toArray(String[]::new);
            awaitMembers(cluster, left);
            await(cluster, "the ends", () -> cluster.leader().store().cluster().operations().stream()
                    .allMatch(Operation::isOver));
            assertThat(operations(cluster)).containsExactly("PROMOTE fe6 DONE", "REMOVE " + dead.name() + " DONE");
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "b"));
            cluster.assertConverged();
        }
    }

    @Test
    void nothingIsDoneWhileElectionsArePaused() {
        try (TestCluster cluster = start(3, 1, settings -> settings)) {
            TestMember leader = cluster.leader();
            leader.store().cluster().elections().pause();
            TestMember dead = cluster.anyFollower().kill();

            await(cluster, "a finding", () -> !notReplaced(leader).isEmpty());
            assertThat(notReplaced(leader).get(0)).contains("elections are paused");
            assertThat(leader.store().cluster().operations()).isEmpty();

            leader.store().cluster().elections().resume();
            await(cluster, dead.name() + " to be out", () -> !members(leader).contains(dead.name()));
        }
    }
}
