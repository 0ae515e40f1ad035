package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MemberStatus;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.PendingOperation;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What members tell of the membership: each the same, in good times and in bad ones. */
class MembershipViewTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static List<String> members(TestMember asked) {
        return asked.store().cluster().members().stream()
                .map(member -> member.name() + " " + member.address() + " " + member.incarnation() + " joined="
                        + member.joined() + " observer=" + (member.role() == MemberStatus.Role.OBSERVER))
                .toList();
    }

    /** Everything but how long ago something was, and the size of journals, which each looks up now and then. */
    private static List<String> rows(TestMember asked) {
        return asked.store().status().members().stream()
                .map(row -> String.join(
                        " ",
                        row.name(),
                        "" + row.role(),
                        "joined=" + row.joined(),
                        "alive=" + row.alive(),
                        "term=" + row.term(),
                        "applied=" + row.applied(),
                        "lag=" + row.lag(),
                        "lagTime=" + row.lagTime(),
                        "revision=" + row.revision(),
                        "image=" + row.image(),
                        row.address(),
                        row.version(),
                        row.fingerprint(),
                        row.incarnation(),
                        "" + row.started(),
                        "lastError='" + row.lastError() + "'"))
                .toList();
    }

    @Test
    void everyMemberTellsTheSameStatus() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).observers(1).patience(PATIENCE).start()) {
            cluster.leader().table(NOTES).put("a", "b");
            cluster.anyFollower().store().withTimeout(PATIENCE).checkpoints().create();
            awaitNobodyLags(cluster); // Before: they may tell the same of a member that has not applied it yet.
            awaitOneStatus(cluster);
            assertThat(rows(cluster.leader())).hasSize(4);
            assertThat(cluster.leader().store().status().members())
                    .allSatisfy(row -> {
                        assertThat(row.alive()).isTrue();
                        assertThat(row.lag()).isZero();
                        assertThat(row.revision())
                                .isEqualTo(cluster.leader().store().revision().number());
                    })
                    .filteredOn(row -> row.image() >= 0)
                    .hasSize(1);
            assertThat(cluster.running())
                    .allSatisfy(member -> assertThat(member.store().status().failureTolerance())
                            .isEqualTo(1));
        }
    }

    private static void awaitNobodyLags(TestCluster cluster) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.leader().store().status().members())
                .allSatisfy(row -> assertThat(row.revision())
                        .isEqualTo(cluster.leader().store().revision().number()))
                .allSatisfy(row -> assertThat(row.lag()).isZero()));
    }

    private static void awaitOneStatus(TestCluster cluster) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.running().stream().map(MembershipViewTest::rows).collect(Collectors.toSet()))
                .hasSize(1));
    }

    private static void awaitOneView(TestCluster cluster) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.running().stream()
                                .map(MembershipViewTest::members)
                                .collect(Collectors.toSet()))
                .hasSize(1));
    }

    private static void awaitTolerance(TestCluster cluster, int expected) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.running())
                .allSatisfy(member -> assertThat(member.store().cluster().failureTolerance())
                        .as(member.name())
                        .isEqualTo(expected)));
    }

    @Test
    void everyMemberTellsTheSameMembersAlsoWithoutALeaderAndAQuorum() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).observers(1).patience(PATIENCE).start()) {
            awaitOneView(cluster);
            List<String> before = members(cluster.leader());
            awaitTolerance(cluster, 1);

            cluster.leader().kill();
            awaitTolerance(cluster, 0);
            awaitOneView(cluster);

            cluster.leader().kill(); // No quorum is left, so no leader.
            awaitTolerance(cluster, 0);
            awaitOneView(cluster);
            assertThat(members(cluster.running().get(0))).isEqualTo(before);

            cluster.restart(cluster.members().stream()
                    .filter(member -> !member.isRunning())
                    .toList());
            awaitTolerance(cluster, 1);
            awaitOneView(cluster);
        }
    }

    @Test
    void toleranceDuringAChangeIsTheSmallerOne() {
        AtomicReference<TestCluster> running = new AtomicReference<>();
        Set<Integer> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
        ObservedOperations observed = new ObservedOperations((member, operation, moment) -> {
            TestCluster cluster = running.get();
            if (cluster != null && moment != Moment.ENDED) {
                seen.add(cluster.member(member).store().cluster().failureTolerance());
            }
        });
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(builder -> builder.with(observed))
                .start()) {
            running.set(cluster);
            TestMember leader = cluster.leader();
            for (String name : List.of("fe4", "fe5")) {
                PendingOperation adding = leader.store()
                        .cluster()
                        .addVoter(name, cluster.newMember(name).address());
                cluster.member(name).restart();
                adding.await(PATIENCE);
            }
            awaitTolerance(cluster, 2);
            assertThat(seen).as("from 3 to 5 voters").isSubsetOf(1, 2).contains(1);
            seen.clear();

            TestMember gone = cluster.anyFollower();
            leader.store().cluster().demote(gone.name()).await(PATIENCE);
            awaitTolerance(cluster, 1);
            assertThat(seen).as("from 5 to 4 voters").isSubsetOf(1, 2);
        }
    }

    @Test
    void everyMemberTellsTheSameOperationsAndANewLeaderGoesOnWithThem() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            TestMember added = cluster.newMember("fe4");
            TestMember asked = cluster.anyFollower();
            PendingOperation adding = asked.store().cluster().addVoter("fe4", added.address());
            assertThat(adding.now().state()).isEqualTo(OperationState.PENDING);
            cluster.leader().kill().restart();
            TestMember second = cluster.leader();
            cluster.awaitApplied(
                    second.store().withTimeout(PATIENCE).table(NOTES).put("a", "b"));
            awaitOneList(cluster);
            second.kill();

            added.restart();

            long id = adding.id(); // Whoever was asked may be down by now.
            Awaitility.await().atMost(PATIENCE).until(() -> added.store()
                    .cluster()
                    .operation(id)
                    .filter(Operation::isOver)
                    .isPresent());
            second.restart();
            cluster.assertConverged();
            awaitOneList(cluster);
            Operation told = added.store().cluster().operation(id).orElseThrow();
            assertThat(told.state()).isEqualTo(OperationState.DONE);
            assertThat(told.requestedBy()).isEqualTo(asked.name());
            // then also after all have been restarted
            cluster.members().forEach(TestMember::kill);
            cluster.restart(cluster.members());
            cluster.assertConverged();
            assertThat(operations(cluster)).containsExactly(List.of(told));
        }
    }

    /** Each tells what it has applied, so one may be a moment behind. */
    private static void awaitOneList(TestCluster cluster) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(operations(cluster))
                .hasSize(1));
    }

    private static Set<List<Operation>> operations(TestCluster cluster) {
        return cluster.running().stream()
                .map(member -> member.store().cluster().operations())
                .collect(Collectors.toSet());
    }
}
