package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How far a member is that is brought up to date before it comes in: every other member tells it, in entries. */
class JoinProgressTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of which thirty go into one message. */
    private static final int LARGE = 150;

    private static final String VALUE = "v".repeat(128 << 10);

    /** Who is a thousand behind may come in: so much is brought over before. */
    private static final int SMALL = 1_000;

    /** So slow until all have told of it. */
    private static final Duration MESSAGE = Duration.ofSeconds(1);

    @Test
    void everyMemberTellsHowFarAVoterAndAnObserverAreThatJoin() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).observers(1).patience(PATIENCE).start()) {
            Table<String, String> notes = cluster.leader().table(NOTES);
            for (int i = 0; i < LARGE + SMALL; i++) {
                notes.put("k" + i, i < LARGE ? VALUE : "v");
            }
            join(cluster, cluster.newMember("n1"), OperationType.ADD_VOTER);
            join(cluster, cluster.newObserver("n2"), OperationType.ADD_OBSERVER);
            cluster.assertConverged();
        }
    }

    private static void join(TestCluster cluster, TestMember joining, OperationType type) {
        // given
        List<TestMember> others = cluster.running();
        long struck = cluster.network().fired();
        cluster.network().delay(cluster.leader().address(), joining.address(), MESSAGE, MESSAGE);
        // when
        joining.restart();
        Map<TestMember, List<Operation>> told = new LinkedHashMap<>();
        others.forEach(member -> told.put(member, new ArrayList<>()));
        await("all to tell of something between nothing and all", joining, type, told, operations -> operations.stream()
                .anyMatch(each -> each.done() > 0 && each.done() < each.total()));
        assertThat(cluster.network().fired()).isGreaterThan(struck);
        cluster.heal();
        await("its end", joining, type, told, operations -> operations.stream().anyMatch(Operation::isOver));
        // then
        told.forEach((member, operations) -> {
            List<Operation> moving = operations.stream()
                    .filter(each -> each.step().equals("bringing " + joining.name() + " up to date"))
                    .filter(each -> each.total() >= 0)
                    .toList();
            assertThat(moving).as("at %s: %s", member, operations).anySatisfy(each -> {
                assertThat(each.state()).isEqualTo(OperationState.RUNNING);
                assertThat(each.done()).isPositive().isLessThan(each.total());
                assertThat(each.total()).isGreaterThanOrEqualTo(LARGE + SMALL);
            });
            assertThat(moving).extracting(Operation::done).as("never falls").isSorted();
            assertThat(operations).last().extracting(Operation::state).isEqualTo(OperationState.DONE);
        });
        List<Operation> first = told.get(others.get(0));
        Operation end = first.get(first.size() - 1);
        Awaitility.await("the new member to tell the same")
                .atMost(PATIENCE)
                .until(() -> find(joining, joining, type).filter(end::equals).isPresent());
    }

    /** Notes what each of them tells of the operation, change by change, until all have told what is waited for. */
    private static void await(
            String what,
            TestMember joining,
            OperationType type,
            Map<TestMember, List<Operation>> told,
            Predicate<List<Operation>> awaited) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(10))
                .atMost(PATIENCE)
                .until(() -> {
                    told.forEach((member, before) -> find(member, joining, type)
                            .filter(now -> before.isEmpty()
                                    || !before.get(before.size() - 1).equals(now))
                            .ifPresent(before::add));
                    return told.values().stream().allMatch(awaited);
                });
    }

    private static Optional<Operation> find(TestMember asked, TestMember joining, OperationType type) {
        return asked.store().cluster().operations().stream()
                .filter(operation -> operation.type() == type)
                .filter(operation -> operation.target().equals(joining.name()))
                .findFirst();
    }
}
