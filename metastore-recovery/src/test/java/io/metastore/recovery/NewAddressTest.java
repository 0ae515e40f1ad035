package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the member that goes on is in another host, with another address. */
class NewAddressTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path temporary;

    private static String addressIn(TestMember member) {
        return DirectoryInspection.of(new DiskFileLayer(), member.directory())
                .self()
                .orElseThrow()
                .address();
    }

    @Test
    void memberGoesOnElsewhereAndIsFoundThere() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            cluster.members().forEach(TestMember::stop);
            TestMember survivor = cluster.member("fe1");
            TestMember other = cluster.member("fe2");
            String before = survivor.address();
            String after = cluster.newAddress("fe1");
            Survey survey = Recovery.of(
                            Source.directory(survivor.directory()).labelled("fe1"),
                            Source.directory(other.directory()).labelled("fe2"))
                    .survey();
            PlanOptions options = PlanOptions.DEFAULT.from("fe1");
            RecoveryPlan plan = survey.plan(options.at(after));
            assertThat(plan.steps()).anyMatch(step -> step.endsWith("listens at " + after));
            assertThat(plan.digest()).isNotEqualTo(survey.plan(options).digest());
            assertThat(survey.plan(options.at(before)).digest())
                    .isEqualTo(survey.plan(options).digest());

            // cut off once behind its one decisive step, and taken back once
            plan.apply(Consent.to(plan));
            assertThat(addressIn(survivor)).isEqualTo(after);
            Recovery.resume(survivor.directory());
            Recovery.undo(survivor.directory(), other.directory());
            assertThat(addressIn(survivor)).isEqualTo(before);
            plan.apply(Consent.to(plan));

            survivor.at(after).restart();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> survivor.store().status().state() == StoreState.SERVING);
            assertThat(survivor.store().status().members())
                    .extracting(MemberStatus::address)
                    .containsExactly(after);
            assertThat(survivor.table(NOTES).get("a")).contains("1");
            // one with an empty directory, and one that comes back as it was, find it
            other.wipe().joining(builder -> builder.join(after));
            var adding = survivor.store().cluster().addVoter(other.name(), other.address());
            other.restart();
            adding.await(PATIENCE);
            Revision written = survivor.table(NOTES).put("b", "2");
            assertThat(other.table(NOTES).get("b")).contains("2");
            assertThat(other.store().status().members())
                    .extracting(MemberStatus::address)
                    .contains(after)
                    .doesNotContain(before);
            TestMember third = cluster.member("fe3").joining(MetaStore.Builder::rejoin);
            third.restart();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> third.store().revision().number() >= written.number());
        }
    }

    @Test
    void openStoresAndThoseWithoutAPortKeepTheirAddress() {
        assertThatThrownBy(() -> PlanOptions.DEFAULT.at("nowhere")).isInstanceOf(IllegalArgumentException.class);
        PlanOptions moved = PlanOptions.DEFAULT.at("elsewhere:1");
        Path single = temporary.resolve("single");
        try (MetaStore store = MetaStore.open(single)) {
            store.table(NOTES).put("a", "1");
        }
        assertThatThrownBy(() -> Recovery.of(Source.directory(single)).survey().plan(moved))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("listens nowhere");
        try (TestCluster cluster = TestCluster.start(2)) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            TestMember survivor = cluster.anyFollower();
            cluster.leader().kill();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> survivor.store().status().leader().isEmpty());
            assertThatThrownBy(() ->
                            Recovery.of(Source.store(survivor.store())).survey().plan(moved))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("changeAddress");
        }
    }
}
