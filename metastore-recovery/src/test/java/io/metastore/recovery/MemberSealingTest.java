package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.Secret;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import io.metastore.recovery.survey.Finding;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.MetaStoreTest;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members over real sockets: the directory of one is here, one is lost, and one runs elsewhere. It is sealed and let go by nothing but what is said over the
 * network.
 */
class MemberSealingTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Secret TOKEN = Secret.of("token of tests");
    private static final Access ACCESS = Access.with(TOKEN).within(Duration.ofSeconds(8));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The roles of the members: {@code here} is a directory, {@code lost} is gone with its disk, {@code far} runs on another host. */
    private static final class Scene implements AutoCloseable {
        final TestCluster cluster = TestCluster.builder()
                .voters(3)
                .links(MetaStoreTest.Links.GRPC)
                .timeouts(Timeouts.defaults().withElection(Duration.ofMillis(200), Duration.ofMillis(400)))
                .configure(builder -> builder.clusterToken(TOKEN).rejoin())
                .start();
        final TestMember lost = cluster.leader();
        final TestMember here = cluster.followers().get(0);
        final TestMember far = cluster.followers().get(1);

        /** Kills those, leaving the one that runs and the directory with one and the same journal. */
        void lose(RegisterWatch watch, TestMember... members) {
            watch.paused(() -> {
                cluster.awaitApplied(load(cluster.leader().store(), 1));
                for (TestMember member : members) {
                    member.kill();
                }
                awaitAlone(far); // Until then it takes writes, if it led.
            });
        }

        Source.Member farSource() {
            return Source.member(far.address(), TOKEN).within(ACCESS.deadline()).labelled("far");
        }

        RecoveryPlan plan() {
            return Recovery.of(farSource(), Source.directory(here.directory()))
                    .survey()
                    .plan();
        }

        /** So that the two that are left have the same again. */
        void bringBack(TestMember member) {
            member.restart();
            cluster.awaitApplied(load(cluster.leader().store(), 5));
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    private static Revision load(MetaStore store, int count) {
        Revision last = null;
        for (int i = 0; i < count; i++) {
            last = store.withTimeout(PATIENCE).table(NOTES).put("k" + i, "value " + i);
        }
        return last;
    }

    private static void awaitAlone(TestMember member) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> member.store().status().leader().isEmpty());
    }

    private static void awaitLost(TestMember member) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.store().status().state() == StoreState.NO_QUORUM);
    }

    private static void awaitState(TestMember member, StoreState state) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.store().status().state() == state);
    }

    @Test
    void recoveryThatIsRefusedOrAbortedLeavesTheMemberInItsEpoch() {
        try (Scene scene = new Scene();
                RegisterWatch watch = new RegisterWatch(scene.cluster.members())) {
            scene.cluster.awaitApplied(load(scene.lost.store(), 5));
            scene.lose(watch, scene.here, scene.lost);
            RecoveryPlan plan = scene.plan();
            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(plan.elsewhere().members())
                    .extracting(RecoveryPlan.Remote::address)
                    .containsExactly(scene.far.address());
            assertThat(plan.steps()).anyMatch(step -> step.contains(scene.far.address()));
            // one that was said to be lost comes back after the plan was made
            scene.bringBack(scene.lost);
            refused(Reason.QUORUM_ALIVE, scene::plan, "");
            refused(Reason.QUORUM_ALIVE, () -> plan.apply(Consent.to(plan)), "nothing was changed");
            scene.lost.kill();
            awaitAlone(scene.far);
            refused(Reason.CHANGED_SINCE, () -> plan.apply(Consent.to(plan)), "nothing is sealed any more");
            assertThat(scene.plan().elsewhere().fetch())
                    .as("it has more than is here by now")
                    .isPresent();

            // nothing of that is left: they are a quorum
            scene.bringBack(scene.here);
            scene.lose(watch, scene.here);
            RecoveryPlan second = scene.plan();
            cutOff(second, "journal");
            assertThat(scene.far.store().status().state()).isEqualTo(StoreState.RECOVERING);
            assertThat(scene.far.table(NOTES).reading(ReadMode.local()).get("k4"))
                    .contains("value 4");
            assertThatThrownBy(() -> scene.far.table(NOTES).put("x", "y")).isInstanceOf(UnavailableException.class);
            assertThat(Recovery.of(scene.farSource()).survey().copies().get(0).findings())
                    .extracting(Finding::kind)
                    .containsExactly(Finding.Kind.SEALED);
            refused(
                    Reason.SOURCE_SILENT,
                    () -> Recovery.abort(Access.OPEN.within(Duration.ofMillis(700)), scene.here.directory()),
                    "wrong or missing cluster token");
            assertThat(scene.far.store().status().state()).isEqualTo(StoreState.RECOVERING);
            Recovery.abort(ACCESS, scene.here.directory());
            refused(Reason.NOTHING_UNDER_WAY, () -> Recovery.abort(ACCESS, scene.here.directory()), "");
            // carried out to its end, and taken back before anybody has written
            RecoveryPlan third = scene.plan();
            assertThat(third.apply(Consent.to(third)).report()).contains("sealed: " + scene.far.name());
            assertThat(scene.far.store().status().state()).isEqualTo(StoreState.RECOVERING);
            Recovery.undo(ACCESS, scene.here.directory());
            scene.lost.restart();
            Revision written = load(scene.cluster.leader().store(), 5);
            assertThat(written.epoch()).isEqualTo(1);
            scene.here.restart();
            scene.cluster.awaitApplied(load(scene.far.store(), 5));
            watch.requireLinearizable();
            scene.cluster.assertConverged();
        }
    }

    @Test
    void sealedMemberTakesNoPartAndComesBackInTheNextEpoch() {
        try (Scene scene = new Scene();
                RegisterWatch watch = new RegisterWatch(scene.cluster.members())) {
            scene.cluster.awaitApplied(load(scene.lost.store(), 20));
            scene.lose(watch, scene.here, scene.lost);
            RecoveryPlan plan = scene.plan();
            List<String> steps = new ArrayList<>();
            // it goes away in the very moment in which it is to be sealed
            RecoveryPlan hasty = impatient(scene);
            refused(
                    Reason.SOURCE_SILENT,
                    () -> hasty.apply(Consent.to(hasty), step -> {
                        steps.add(step);
                        if (step.equals("members")) {
                            scene.far.kill();
                        }
                    }),
                    "resume when it answers again, or abort");
            assertThat(steps).containsExactly("seal", "members");
            assertThatThrownBy(scene.here::restart)
                    .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.SEALED));
            refused(
                    Reason.SOURCE_SILENT,
                    () -> Recovery.resume(ACCESS.within(Duration.ofMillis(700)), scene.here.directory()),
                    "did not answer");
            scene.far.restart();
            assertThat(hasty.digest()).isEqualTo(plan.digest());

            Recovery.resume(ACCESS, scene.here.directory());

            assertThat(scene.far.store().status().state()).isEqualTo(StoreState.RECOVERING);
            // with its vote the lost one, back again, would lead the old epoch
            scene.lost.restart();
            awaitLost(scene.lost);
            assertThat(scene.lost.probe().leads()).isFalse();
            scene.here.restart();
            awaitState(scene.here, StoreState.SERVING);
            Revision written = load(scene.here.store(), 21);
            assertThat(written.epoch()).isEqualTo(2);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            scene.here.store().status().members())
                    .filteredOn(member -> member.alive() && member.role() == MemberStatus.Role.OBSERVER)
                    .extracting(MemberStatus::name)
                    .contains(scene.far.name()));
            Returned.promote(scene.here, scene.far);
            Revision last = load(scene.here.store(), 22);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            scene.far.table(NOTES).get("k21"))
                    .contains("value 21"));
            assertThat(last.epoch()).isEqualTo(2);
            refused(Reason.CANNOT_UNDO, () -> undoAfterStop(scene), "");
            watch.requireLinearizable();
        }
    }

    /** Whoever opens the directory has what it takes to reach the member that runs elsewhere; nobody else does anything. */
    @Test
    void openingSealsTheMemberWhenThatWasIntended(@TempDir Path temporary) throws IOException {
        try (Scene scene = new Scene();
                RegisterWatch watch = new RegisterWatch(scene.cluster.members())) {
            scene.cluster.awaitApplied(load(scene.lost.store(), 20));
            scene.lose(watch, scene.here, scene.lost);
            Path file = intend(scene);
            // another recovery of the member, though it was taken back: the intent is worth nothing any more
            Path copy = temporary.toRealPath().resolve("copy");
            Trees.copy(scene.here.directory(), copy);
            Files.delete(copy.resolve(file.getFileName()));
            RecoveryPlan other = Recovery.of(scene.farSource(), Source.directory(copy))
                    .survey()
                    .plan();
            other.apply(Consent.to(other));
            Recovery.undo(ACCESS, copy);
            refused(Reason.CHANGED_SINCE, scene.here::restart, "a recovery was begun since with a member");
            Recovery.cancelIntent(scene.here.directory());

            intend(scene);
            assertThat(Recovery.intended(scene.here.directory()))
                    .hasValueSatisfying(intended -> assertThat(intended.members())
                            .singleElement()
                            .asString()
                            .endsWith(" at " + scene.far.address()));
            assertThat(scene.far.store().status().state()).as("not sealed yet").isNotEqualTo(StoreState.RECOVERING);
            scene.far.kill();
            Map<String, Integer> before = Trees.photo(scene.here.directory());
            refused(Reason.SOURCE_SILENT, scene.here::restart, "metastore intent --cancel");
            assertThat(Trees.photo(scene.here.directory())).isEqualTo(before);
            scene.far.restart();
            // they are a quorum with the one that was said to be lost, and go on
            scene.bringBack(scene.lost);
            refused(Reason.QUORUM_ALIVE, scene.here::restart, "metastore intent --cancel");
            scene.lost.kill();
            awaitAlone(scene.far);
            refused(Reason.CHANGED_SINCE, scene.here::restart, "it was given up, and nothing is sealed by it any more");
            assertThat(file).exists();
            scene.here.restart(); // As it is.
            assertThat(file).doesNotExist();
            assertThat(load(scene.cluster.leader().store(), 5).epoch()).isEqualTo(1);

            scene.lose(watch, scene.here);
            intend(scene);
            scene.here.restart();

            awaitState(scene.here, StoreState.SERVING);
            assertThat(load(scene.here.store(), 21).epoch())
                    .isEqualTo(4); // A number that was given up is not given again.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            scene.here.store().status().members())
                    .filteredOn(member -> member.alive() && member.role() == MemberStatus.Role.OBSERVER)
                    .extracting(MemberStatus::name)
                    .contains(scene.far.name()));
            assertThat(scene.here.store().cluster().lineage()).singleElement().satisfies(beginning -> assertThat(
                            beginning.sealed())
                    .anyMatch(each -> each.startsWith(scene.far.name() + "@")));
            watch.requireLinearizable();
        }
    }

    private static Path intend(Scene scene) {
        RecoveryPlan plan = Recovery.of(
                        scene.farSource().within(Duration.ofMillis(1500)), Source.directory(scene.here.directory()))
                .survey()
                .plan();
        return plan.intend(Consent.to(plan));
    }

    private static void undoAfterStop(Scene scene) {
        scene.here.stop();
        Recovery.undo(ACCESS, scene.here.directory());
    }

    private static RecoveryPlan impatient(Scene scene) {
        return Recovery.of(scene.farSource().within(Duration.ofMillis(1500)), Source.directory(scene.here.directory()))
                .survey()
                .plan();
    }

    private static void cutOff(RecoveryPlan plan, String at) {
        assertThatThrownBy(() -> plan.apply(Consent.to(plan), step -> {
                    if (step.equals(at)) {
                        throw new IllegalStateException("as planned");
                    }
                }))
                .hasMessage("as planned");
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
