package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Codecs;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.Secret;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.test.MetaStoreTest;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The member with the most runs elsewhere, and is reached over real sockets only; what goes on is here, and had been down while the others wrote. */
class FetchedJournalTest {
    private static final TableDef<String, byte[]> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.bytes());
    private static final Secret TOKEN = Secret.of("token of tests");
    private static final Access ACCESS = Access.with(TOKEN).within(Duration.ofSeconds(8));
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LARGE = 200_000;

    private static TestCluster start(int voters, UnaryOperator<MetaStore.Builder> settings) {
        return TestCluster.builder()
                .voters(voters)
                .links(MetaStoreTest.Links.GRPC)
                .timeouts(Timeouts.defaults().withElection(Duration.ofMillis(200), Duration.ofMillis(400)))
                .configure(builder -> settings.apply(builder.clusterToken(TOKEN)))
                .start();
    }

    private static void load(TestCluster cluster, String prefix, int count) {
        MetaStore store = cluster.leader().store();
        Revision last = Revision.NONE;
        for (int i = 0; i < count; i++) {
            last = store.withTimeout(PATIENCE).table(NOTES).put(prefix + i, new byte[LARGE]);
        }
        cluster.awaitApplied(last);
    }

    private static void awaitAlone(TestMember member) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> member.store().status().leader().isEmpty());
    }

    private static Source.Member source(TestMember member) {
        return Source.member(member.address(), ACCESS).labelled(member.name());
    }

    private static RecoveryPlan.Fetch fetch(RecoveryPlan plan) {
        return plan.elsewhere().fetch().orElseThrow();
    }

    @Test
    void directoryTakesOverWhatAMemberElsewhereHas() {
        try (TestCluster cluster = start(3, MetaStore.Builder::rejoin)) {
            load(cluster, "a", 3);
            TestMember here = cluster.followers().get(0);
            here.store().checkpoints().create();
            here.stop();
            load(cluster, "b", 5);
            TestMember lost = cluster.leader();
            TestMember far = cluster.running().stream()
                    .filter(each -> each != lost)
                    .findFirst()
                    .orElseThrow();
            lost.kill();
            awaitAlone(far);
            refused(
                    Reason.COPY_ELSEWHERE,
                    () -> Recovery.of(source(far)).survey().plan(),
                    "on its host, with its directory " + far.directory());

            RecoveryPlan plan = Recovery.of(source(far), Source.directory(here.directory()))
                    .survey()
                    .plan();

            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(plan.target().directory()).isEqualTo(here.directory());
            assertThat(plan.target().last()).isNotEqualTo(plan.target().tip());
            assertThat(fetch(plan).address()).isEqualTo(far.address());
            assertThat(fetch(plan).last()).isEqualTo(plan.target().tip());
            assertThat(fetch(plan).behind().index()).isPositive();
            assertThat(plan.steps().get(1)).startsWith("fetch the journal of " + far.name());
            List<Long> looked = new ArrayList<>();
            plan.rehearse(
                    settings -> settings.clusterToken(TOKEN),
                    store -> looked.add(store.table(NOTES).count(Range.all())));
            assertThat(looked).containsExactly(8L);
            Path fetched = here.directory().resolve("stores/main/fetched");
            assertThat(fetched).doesNotExist();
            cutOffWhileItIsFetched(plan);
            assertThat(fetched).exists();
            assertThat(far.store().status().state()).isNotEqualTo(StoreState.RECOVERING);
            Recovery.abort(here.directory());
            assertThat(fetched).doesNotExist();
            cutOffWhileItIsFetched(plan);
            List<String> steps = new ArrayList<>();

            RecoveryResult result = plan.apply(Consent.to(plan), steps::add);

            assertThat(steps)
                    .containsExactly("fetch", "seal", "members", "journal", "images", "state", "verify", "publish");
            assertThat(result.report()).contains("fetched: the journal of " + far.name());
            assertThat(fetched).doesNotExist();
            assertThat(far.store().status().state()).isEqualTo(StoreState.RECOVERING);
            here.restart();
            Awaitility.await().atMost(PATIENCE).until(() -> here.probe().leads());
            assertThat(here.table(NOTES).get("b4"))
                    .hasValueSatisfying(value -> assertThat(value).hasSize(LARGE));
            assertThat(here.table(NOTES).put("c", new byte[1]).epoch()).isEqualTo(2);
            awaitObserver(here, far);
        }
    }

    /** What is here is so far behind that the other one has purged what comes next; it is taken over by whoever opens the directory. */
    @Test
    void directoryTakesOverAnImageWhenThereIsAGap() {
        CheckpointPolicy policy = CheckpointPolicy.defaults().toBuilder()
                .entries(100)
                .journalFileBytes(1 << 20)
                .laggardEntries(0)
                .build();
        try (TestCluster cluster = start(3, builder -> builder.rejoin().checkpoints(policy))) {
            load(cluster, "a", 1);
            TestMember here = cluster.followers().get(0);
            long position = here.probe().position().index();
            here.kill();
            TestMember far = cluster.leader();
            Revision last = Revision.NONE;
            for (int i = 0; far.store().checkpoints().status().journalFirst() <= position + 1; i++) {
                assertThat(i).as("writes until the journal is purged").isLessThan(5_000);
                last = far.table(NOTES).put("b" + i % 100, new byte[LARGE / 10]);
            }
            cluster.awaitApplied(last);
            cluster.running().stream().filter(each -> each != far).forEach(TestMember::kill);
            awaitAlone(far);

            RecoveryPlan plan = Recovery.of(source(far), Source.directory(here.directory()))
                    .survey()
                    .plan();
            assertThat(fetch(plan).image()).isTrue();
            assertThat(fetch(plan).behind().index()).isGreaterThan(position);
            plan.intend(Consent.to(plan));
            here.restart(); // Fetches, seals and goes on.
            Awaitility.await().atMost(PATIENCE).until(() -> here.probe().leads());
            assertThat(here.table(NOTES).count(Range.prefix("b"))).isEqualTo(100);
            assertThat(here.table(NOTES).get("a0")).isPresent();
            awaitObserver(here, far);
        }
    }

    private static void awaitObserver(TestMember leader, TestMember observer) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        leader.store().status().members())
                .filteredOn(member -> member.alive() && member.role() == MemberStatus.Role.OBSERVER)
                .extracting(MemberStatus::name)
                .contains(observer.name()));
    }

    /** After some of it has arrived. */
    private static void cutOffWhileItIsFetched(RecoveryPlan plan) {
        assertThatThrownBy(() -> plan.apply(Consent.to(plan), (step, done, total) -> {
                    assertThat(step).isEqualTo("fetch");
                    if (done > 0) {
                        assertThat(total).isGreaterThan(5L * LARGE).isGreaterThan(done);
                        throw new IllegalStateException("as planned");
                    }
                }))
                .hasMessage("as planned");
    }

    @Test
    void openStoreTakesOverWhatAMemberElsewhereHasWhileOthersAreHereToo() {
        try (TestCluster cluster = start(5, builder -> builder)) {
            load(cluster, "a", 1);
            TestMember here = cluster.followers().get(0);
            here.stop();
            load(cluster, "b", 1);
            TestMember disk = cluster.running().stream()
                    .filter(each -> each != cluster.leader())
                    .findFirst()
                    .orElseThrow();
            disk.kill();
            load(cluster, "c", 1);
            TestMember far = cluster.running().stream()
                    .filter(each -> each != cluster.leader())
                    .findFirst()
                    .orElseThrow();
            cluster.running().stream().filter(each -> each != far).forEach(TestMember::kill);
            awaitAlone(far);
            here.restart();
            assertThat(here.table(NOTES).reading(ReadMode.local()).get("c0")).isEmpty();

            RecoveryPlan plan = Recovery.of(Source.store(here.store()), source(far), Source.directory(disk.directory()))
                    .survey()
                    .plan(PlanOptions.DEFAULT.readmitAll());
            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(plan.target().running()).isTrue();
            assertThat(plan.others()).hasSize(1);
            assertThat(fetch(plan).member()).startsWith(far.name() + "@");
            RecoveryResult result = plan.apply(Consent.to(plan));

            assertThat(here.table(NOTES).get("c0")).isPresent();
            assertThat(here.table(NOTES).put("d", new byte[1]).epoch()).isEqualTo(2);
            // those that are there have their votes again; of the others nobody knows
            assertThat(result.voters()).hasSize(4).contains(far.name(), disk.name());
            assertThat(result.report()).contains(far.name(), disk.name(), "the plan gives their places back");
            disk.restart();
            assertThat(result.awaitReadmitted(here.store(), PATIENCE))
                    .containsExactlyInAnyOrder("has its vote: " + far.name(), "has its vote: " + disk.name());
            assertThat(here.store().cluster().failureTolerance()).isEqualTo(1);
            assertThat(result.readmit(here.store(), Duration.ofMillis(300)))
                    .hasSize(4)
                    .filteredOn(line -> line.startsWith("not back in time"))
                    .hasSize(2);
        }
    }

    private static void refused(
            Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RecoveryRefusedException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
                .hasMessageContaining(message);
    }
}
