package io.metastore.recovery.branch;

import static io.metastore.recovery.branch.CutMember.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Revision;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.branch.BranchFacts.Kind;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A former leader that comes back so late that it gets an image instead of entries. */
class ImagedTailTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final CheckpointPolicy FORGETFUL = CheckpointPolicy.defaults().toBuilder()
            .entries(20)
            .journalFileBytes(1 << 20)
            .laggardEntries(0)
            .build();

    @Test
    void whatItHadAloneIsABranchOfItsDirectory() {
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(each -> each.checkpoints(FORGETFUL))
                .start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("shared", "1"));
            TestMember old = cluster.leader();
            List<TestMember> others =
                    cluster.members().stream().filter(each -> each != old).toList();
            old.isolate();
            MetaStore cutOff = old.store().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> cutOff.table(NOTES).put("lost", "of the old leader"))
                    .isInstanceOf(OutcomeUnknownException.class);
            long applied = old.probe().position().index();
            old.kill();
            Awaitility.await().atMost(PATIENCE).until(() -> others.stream()
                    .anyMatch(each -> each.probe().leads()));
            TestMember next = others.stream()
                    .filter(each -> each.probe().leads())
                    .findFirst()
                    .orElseThrow();
            String large = "v".repeat(50_000);
            Revision last = Revision.NONE;
            for (int i = 0;
                    others.stream()
                            .anyMatch(
                                    each -> each.store().checkpoints().status().journalFirst() <= applied + 10);
                    i++) {
                last = next.table(NOTES).put("k" + i % 100, large);
                assertThat(i).isLessThan(10_000);
            }

            old.rejoin().restart();

            cluster.awaitApplied(last);
            cluster.assertConverged();
            assertThat(old.store().checkpoints().list())
                    .anySatisfy(image -> assertThat(image.provenance()).startsWith("received from"));
            assertThat(old.table(NOTES).get("lost")).isEmpty();
            Branches found = Recovery.branches(
                    cluster.members().stream().map(TestMember::directory).toArray(Path[]::new));
            assertThat(found.list()).as("%s", found).hasSize(1);
            Branch branch = found.list().get(0);
            assertThat(branch.facts().kind()).isEqualTo(Kind.OVERWRITTEN);
            assertThat(branch.facts().member()).startsWith(old.name() + "@");
            assertThat(branch.facts().exact())
                    .as("nobody can tell by the image")
                    .isFalse();
            assertThat(branch.facts().first().index()).isEqualTo(applied + 1);
            assertThat(branch.transactions())
                    .singleElement()
                    .asString()
                    .contains("put notes[\"lost\"] = \"of the old leader\"");
            assertThat(branch.repropose(next.store(), proposal -> Decision.apply())
                            .applied())
                    .isEqualTo(1);
            assertThat(next.table(NOTES).get("lost")).contains("of the old leader");
        }
    }
}
