package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Members that apply the same entries make their images one after another, so that a majority has nothing else to do at any time. */
class ImageTurnsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ENTRIES = 90;

    /** One member's turn, and less than two: what a cluster writes by itself counts too. */
    private static final int STEP = ENTRIES / 3 + 5;

    @Test
    void membersMakeTheirImagesOneAfterAnother() {
        CheckpointPolicy policy =
                CheckpointPolicy.defaults().toBuilder().entries(ENTRIES).build();
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(builder -> builder.checkpoints(policy))
                .start()) {
            for (TestMember member : List.of(cluster.member("fe3"), cluster.member("fe2"), cluster.member("fe1"))) {
                List<Long> expected = made(cluster);
                expected.set(
                        cluster.members().indexOf(member),
                        expected.get(cluster.members().indexOf(member)) + 1);

                writeUpTo(cluster, imagesOf(expected) * STEP);

                Awaitility.await("the turn of " + member.name())
                        .atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(made(cluster)).isEqualTo(expected));
            }
            // and on with the same distance, each by itself
            long third = newest(cluster, "fe3");
            writeUpTo(cluster, third + ENTRIES - 1);
            assertThat(made(cluster)).containsExactly(1L, 1L, 1L);
            writeUpTo(cluster, third + ENTRIES);
            Awaitility.await("the second of fe3").atMost(PATIENCE).untilAsserted(() -> assertThat(made(cluster))
                    .containsExactly(1L, 1L, 2L));
        }
    }

    private static long imagesOf(List<Long> made) {
        return made.stream().mapToLong(Long::longValue).sum();
    }

    /** Until every member has applied that entry. */
    private static void writeUpTo(TestCluster cluster, long index) {
        while (cluster.leader().probe().position().index() < index) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("k", "v"));
        }
    }

    private static List<Long> made(TestCluster cluster) {
        List<Long> made = new ArrayList<>();
        cluster.members()
                .forEach(
                        member -> made.add(member.store().checkpoints().status().made()));
        return made;
    }

    private static long newest(TestCluster cluster, String name) {
        return cluster.member(name)
                .store()
                .checkpoints()
                .list()
                .get(0)
                .position()
                .index();
    }
}
