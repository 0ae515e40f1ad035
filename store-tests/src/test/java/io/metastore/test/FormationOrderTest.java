package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.StoreState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members of one bootstrap list make one cluster, once, whoever is started first. */
class FormationOrderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<List<String>> ORDERS = List.of(
            List.of("fe1", "fe2", "fe3"),
            List.of("fe1", "fe3", "fe2"),
            List.of("fe2", "fe1", "fe3"),
            List.of("fe2", "fe3", "fe1"),
            List.of("fe3", "fe1", "fe2"),
            List.of("fe3", "fe2", "fe1"));

    @Test
    void membersFormOneClusterInWhateverOrderTheyAreStarted() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            String id = cluster.leader().store().status().clusterId();
            for (List<String> order : ORDERS) {
                cluster.members().forEach(member -> member.kill().wipe());
                for (String name : order) {
                    assertThat(cluster.running())
                            .as("nobody begins without the others: " + order)
                            .allSatisfy(member ->
                                    assertThat(member.store().status().state()).isEqualTo(StoreState.FORMING));
                    cluster.member(name).restart();
                }
                cluster.leader().store().withTimeout(PATIENCE).table(NOTES).put("order", String.join(" ", order));
                cluster.assertConverged();
            }
            // and with their directories they go on with what they have, with the list as before
            cluster.members().forEach(TestMember::stop);
            for (String name : ORDERS.get(0)) {
                cluster.member(name).restart();
            }
            assertThat(cluster.leader()
                            .store()
                            .withTimeout(PATIENCE)
                            .table(NOTES)
                            .get("order"))
                    .contains(String.join(" ", ORDERS.get(ORDERS.size() - 1)));
            cluster.assertConverged();
            assertThat(cluster.running())
                    .allSatisfy(member ->
                            assertThat(member.store().status().clusterId()).isEqualTo(id));
        }
    }
}
