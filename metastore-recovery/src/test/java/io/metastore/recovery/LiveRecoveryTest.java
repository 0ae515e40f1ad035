package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.Codecs;
import io.metastore.api.EpochBeginning;
import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.UnavailableException;
import io.metastore.raft.MemberProbe;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A store that has lost its quorum is recovered in the process that has it open: it is not closed, and what the application holds of it goes on. */
class LiveRecoveryTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** One of three has its store open; the others were killed, and the directory of one of them is here. */
    private static final class Alone implements AutoCloseable {
        final TestCluster cluster = TestCluster.start(3);
        final TestMember survivor = cluster.anyFollower();
        final TestMember dead = other(cluster, survivor);

        Alone(int writes) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, writes));
            loseTheOthers(cluster, survivor);
            awaitLost(survivor.store());
        }

        Recovery recovery() {
            return Recovery.of(Source.store(survivor.store()), Source.directory(dead.directory()));
        }

        /** The others come back, and all of them go on in the epoch in which they were. */
        void othersGoOn() {
            cluster.members().stream().filter(each -> each != survivor).forEach(TestMember::restart);
            Revision written = load(survivor.store(), 5, 10);
            assertThat(written.epoch()).isEqualTo(1);
            cluster.awaitApplied(written);
            cluster.assertConverged();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    @Test
    void storeGoesOnInTheNextEpochWhileItIsRead() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 50));
            TestMember survivor = cluster.anyFollower();
            TestMember dead = other(cluster, survivor);
            MetaStore store = survivor.store();
            Table<String, String> notes = store.table(NOTES).reading(ReadMode.local());
            var members = store.cluster();
            var images = store.checkpoints();
            loseTheOthers(cluster, survivor);
            awaitLost(store);

            try (Reader reader = new Reader(store)) {
                reader.awaitReads(100);
                RecoveryResult result = Recovery.of(Source.store(store), Source.directory(dead.directory()))
                        .recover();

                assertThat(result.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
                assertThat(result.running()).isTrue();
                assertThat(result.report()).contains("the store goes on and leads epoch 2", "image at index");
                assertThat(store.status().state()).isEqualTo(StoreState.SERVING);
                reader.awaitReads(100);
            }
            Revision written = store.table(NOTES).put("k50", "value 50");
            assertThat(written.epoch()).isEqualTo(2);
            for (int i = 0; i <= 50; i++) {
                assertThat(notes.get("k" + i)).contains("value " + i);
            }
            assertThat(members.lineage()).extracting(EpochBeginning::epoch).containsExactly(2L);
            assertThat(images.list()).isNotEmpty();
            assertThat(images.create().position().index())
                    .isGreaterThanOrEqualTo(written.position().index());
            // the dead one comes back as another incarnation and takes the store's next writes
            dead.wipe().joining(builder -> builder.join(survivor.address()));
            var adding = members.addVoter(dead.name(), dead.address());
            dead.restart();
            adding.await(PATIENCE);
            assertThat(dead.table(NOTES).get("k50")).contains("value 50");
            survivor.stop();
            survivor.restart();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> survivor.store().table(NOTES).get("k50").isPresent());
        }
    }

    @Test
    void storeTakesTheJournalOfADeadMemberThatHasMore() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 10));
            TestMember leader = cluster.leader();
            TestMember behind = cluster.anyFollower();
            behind.isolate();
            load(leader.store(), 10, 30);
            leader.kill();
            others(cluster, behind, leader).kill();
            awaitLost(behind.store());

            Recovery recovery = Recovery.of(
                    Source.store(behind.store()),
                    Source.directory(leader.directory()).labelled("dead"));
            rehearseTouchingNothing(recovery.survey().plan(), leader.directory());
            RecoveryResult result = recovery.recover();

            assertThat(result.directory()).isEqualTo(behind.directory());
            assertThat(result.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            for (int i = 0; i < 30; i++) {
                assertThat(behind.table(NOTES).get("k" + i)).contains("value " + i);
            }
            load(behind.store(), 30, 31);
        }
    }

    /** Neither the store's directory nor the one whose journal is taken over, with all that a killed process left in it. */
    private static void rehearseTouchingNothing(RecoveryPlan plan, Path dead) {
        assertThat(plan.target().journal()).isEqualTo(dead);
        Map<Path, String> before = TreePhoto.of(dead);
        List<Boolean> looked = new ArrayList<>();
        plan.rehearse(
                builder -> builder,
                store -> looked.add(store.table(NOTES).get("k29").isPresent()));
        assertThat(looked).containsExactly(true);
        assertThat(TreePhoto.of(dead)).isEqualTo(before);
        assertThat(dead.getParent()).isDirectoryNotContaining("glob:**.rehearsal");
        assertThat(plan.target().directory().getParent()).isDirectoryNotContaining("glob:**.rehearsal");
    }

    @Test
    void nothingIsChangedWhileThereIsAQuorumOrAVoterAnswers() {
        try (TestCluster cluster = TestCluster.start(5)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 5));
            TestMember survivor = cluster.anyFollower();
            Recovery alone = Recovery.of(Source.store(survivor.store()));
            refused(Reason.QUORUM_ALIVE, alone::recover);
            List<TestMember> rest =
                    cluster.running().stream().filter(each -> each != survivor).toList();
            rest.subList(1, 4).forEach(TestMember::kill);
            TestMember alive = rest.get(0);
            awaitLost(survivor.store());

            refused(Reason.MEMBER_ANSWERS, () -> alone.survey().plan());

            rest.subList(1, 4).forEach(TestMember::restart);
            cluster.awaitApplied(load(cluster.leader().store(), 5, 10));
            assertThat(alive.store().status().state()).isEqualTo(StoreState.SERVING);
            cluster.assertConverged();
        }
    }

    @Test
    void recoveryThatIsRefusedAtTheLastMomentLeavesTheStoreAsItWas() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 5));
            TestMember survivor = cluster.anyFollower();
            TestMember dead = other(cluster, survivor);
            loseTheOthers(cluster, survivor);
            awaitLost(survivor.store());
            RecoveryPlan plan = Recovery.of(Source.store(survivor.store()), Source.directory(dead.directory()))
                    .survey()
                    .plan();
            TestMember third = others(cluster, survivor, dead);
            dead.restart(); // It has entries now that nobody has seen.
            third.restart();
            cluster.awaitApplied(load(cluster.leader().store(), 5, 10));
            dead.stop();
            third.stop();
            awaitLost(survivor.store());

            refused(Reason.CHANGED_SINCE, () -> plan.apply(Consent.to(plan)));

            Awaitility.await().atMost(PATIENCE).until(() -> survivor.store()
                    .table(NOTES)
                    .reading(ReadMode.local())
                    .get("k9")
                    .isPresent());
            dead.restart();
            third.restart();
            cluster.awaitApplied(load(survivor.store(), 10, 15));
            cluster.assertConverged();
        }
    }

    @Test
    void secondStoreOfTheProcessIsSealedAndServesLocalReads() {
        try (TestCluster cluster = TestCluster.start(5)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 5));
            TestMember one = cluster.anyFollower();
            List<TestMember> rest =
                    cluster.running().stream().filter(each -> each != one).toList();
            TestMember two = rest.get(0);
            rest.subList(1, 4).forEach(TestMember::kill);
            awaitLost(one.store());
            awaitLost(two.store());

            Survey survey = Recovery.of(
                            Source.store(one.store()),
                            Source.store(two.store()),
                            Source.directory(rest.get(1).directory()))
                    .survey();
            RecoveryPlan plan =
                    survey.plan(PlanOptions.DEFAULT.from(one.directory().toString()));
            plan.apply(Consent.to(plan));

            assertThat(one.store().status().state()).isEqualTo(StoreState.SERVING);
            assertThat(two.store().status().state()).isEqualTo(StoreState.RECOVERING);
            assertThat(two.table(NOTES).reading(ReadMode.local()).get("k4")).contains("value 4");
            assertThatThrownBy(() -> two.table(NOTES).put("x", "y"))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("recovered");
            load(one.store(), 5, 6);
            // the new epoch has been written to: it cannot be taken back
            refused(Reason.CANNOT_UNDO, () -> Recovery.undo(one.directory(), two.directory()));
            load(one.store(), 6, 7);
        }
    }

    @Test
    void isUndoneWhileTheStoreIsOpen() {
        try (Alone alone = new Alone(5)) {
            alone.recovery().recover();

            Recovery.undo(alone.survivor.directory(), alone.dead.directory());

            assertThat(alone.survivor.table(NOTES).reading(ReadMode.local()).get("k4"))
                    .contains("value 4");
            alone.othersGoOn();
        }
    }

    @Test
    void isRehearsedBesideTheOpenStore() {
        try (Alone alone = new Alone(20)) {
            RecoveryPlan plan = alone.recovery().survey().plan();

            RehearsalResult rehearsed = plan.rehearse(
                    builder -> builder,
                    store -> assertThat(store.table(NOTES).get("k19")).contains("value 19"));

            assertThat(rehearsed.epoch()).isEqualTo(2);
            assertThat(alone.survivor.store().status().state()).isEqualTo(StoreState.NO_QUORUM);
            plan.apply(Consent.to(plan));
            load(alone.survivor.store(), 20, 21);
        }
    }

    @Test
    void isResumedWhileTheStoreIsOpen() {
        try (Alone alone = new Alone(5)) {
            cutOffBeforeItIsPublished(alone);

            Recovery.resume(alone.survivor.directory());

            Revision written = load(alone.survivor.store(), 5, 6);
            assertThat(written.epoch()).isEqualTo(2);
            assertThat(alone.survivor.table(NOTES).get("k4")).contains("value 4");
        }
    }

    @Test
    void isAbortedWhileTheStoreIsOpen() {
        try (Alone alone = new Alone(5)) {
            cutOffBeforeItIsPublished(alone);

            Recovery.abort(alone.survivor.directory(), alone.dead.directory());

            alone.othersGoOn();
        }
    }

    /** The store serves local reads then, and nothing else. */
    private static void cutOffBeforeItIsPublished(Alone alone) {
        MetaStore store = alone.survivor.store();
        RecoveryPlan plan = alone.recovery()
                .survey()
                .plan(PlanOptions.DEFAULT.from(alone.survivor.directory().toString()));
        assertThatThrownBy(() -> plan.apply(Consent.to(plan), step -> {
                    if (step.equals("publish")) {
                        throw new IllegalStateException("as planned");
                    }
                }))
                .hasMessage("as planned");
        assertThat(store.status().state()).isEqualTo(StoreState.RECOVERING);
        assertThat(store.table(NOTES).reading(ReadMode.local()).get("k4")).contains("value 4");
        assertThatThrownBy(() -> store.table(NOTES).put("x", "y")).isInstanceOf(UnavailableException.class);
    }

    @Test
    void fateOfAWriteUnderWayIsToldAfterwards() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader().store(), 0, 5));
            TestMember survivor = cluster.leader();
            TestMember dead = other(cluster, survivor);
            loseTheOthers(cluster, survivor);
            OutcomeUnknownException unknown = catchThrowableOfType(OutcomeUnknownException.class, () -> survivor.store()
                    .withTimeout(Duration.ofMillis(300))
                    .table(NOTES)
                    .put("late", "1"));
            assertThat(unknown).as("written where there is no quorum").isNotNull();
            awaitLost(survivor.store());

            Recovery.of(Source.store(survivor.store()), Source.directory(dead.directory()))
                    .recover();

            boolean kept = survivor.table(NOTES).get("late").isPresent();
            assertThat(kept).as("the tail is kept").isTrue();
            assertThat(unknown.resolve(PATIENCE))
                    .isInstanceOfSatisfying(
                            OutcomeUnknownException.WasCommitted.class,
                            was -> assertThat(was.revision().epoch()).isEqualTo(1));
        }
    }

    @Test
    void closedAfterwardsNothingIsLeftOpen() {
        try (Alone alone = new Alone(5)) {
            MetaStore store = alone.survivor.store();
            alone.recovery().recover();
            alone.survivor.stop();
            assertThat(MemberProbe.openNativeHandles(store)).isZero();
            alone.survivor.restart();
            load(alone.survivor.store(), 5, 6);
        }
    }

    private static Revision load(MetaStore store, int from, int to) {
        Revision last = null;
        for (int i = from; i < to; i++) {
            last = store.withTimeout(PATIENCE).table(NOTES).put("k" + i, "value " + i);
        }
        return last;
    }

    private static TestMember other(TestCluster cluster, TestMember than) {
        return cluster.members().stream()
                .filter(each -> each != than)
                .findFirst()
                .orElseThrow();
    }

    private static TestMember others(TestCluster cluster, TestMember one, TestMember two) {
        return cluster.members().stream()
                .filter(each -> each != one && each != two)
                .findFirst()
                .orElseThrow();
    }

    private static void loseTheOthers(TestCluster cluster, TestMember survivor) {
        cluster.members().stream().filter(each -> each != survivor).forEach(TestMember::kill);
    }

    private static void awaitLost(MetaStore store) {
        Awaitility.await().atMost(PATIENCE).until(() -> store.status().state() == StoreState.NO_QUORUM);
    }

    private static void refused(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }

    /** Reads locally, over and over; one read that fails fails the test. */
    private static final class Reader implements AutoCloseable {
        private final AtomicLong reads = new AtomicLong();
        private final AtomicBoolean end = new AtomicBoolean();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final CountDownLatch ended = new CountDownLatch(1);

        Reader(MetaStore store) {
            Table<String, String> notes = store.table(NOTES).reading(ReadMode.local());
            Thread thread = new Thread(() -> {
                try {
                    while (!end.get()) {
                        assertThat(notes.get("k49")).contains("value 49");
                        assertThat(notes.scan(Range.all()).entries()).hasSizeGreaterThanOrEqualTo(50);
                        String read = store.read(
                                ReadMode.local(),
                                snapshot -> snapshot.in(NOTES).get("k7").orElseThrow());
                        assertThat(read).isEqualTo("value 7");
                        reads.incrementAndGet();
                    }
                } catch (Throwable e) {
                    failure.set(e);
                } finally {
                    ended.countDown();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        void awaitReads(long count) {
            long target = reads.get() + count;
            Awaitility.await().atMost(PATIENCE).until(() -> failure.get() != null || reads.get() >= target);
            assertThat(failure.get()).isNull();
        }

        @Override
        public void close() {
            end.set(true);
            Awaitility.await().atMost(PATIENCE).until(() -> ended.getCount() == 0);
            assertThat(failure.get()).isNull();
        }
    }
}
