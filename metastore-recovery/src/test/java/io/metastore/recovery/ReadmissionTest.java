package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.metastore.api.Codecs;
import io.metastore.api.KeptBranch;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.StoreStatus;
import io.metastore.api.TableDef;
import io.metastore.api.Timeouts;
import io.metastore.api.UnavailableException;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import io.metastore.recovery.branch.Branch;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Several copies go on together: the plan says who comes back, and nobody has to ask for it afterwards. */
class ReadmissionTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Survey survey(Collection<TestMember> members) {
        return Recovery.of(members.stream()
                        .map(each -> Source.directory(each.directory()).labelled(each.name()))
                        .toArray(Source[]::new))
                .survey();
    }

    private static TestMember target(TestCluster cluster, RecoveryPlan plan) {
        return cluster.members().stream()
                .filter(each -> each.directory().equals(plan.target().directory()))
                .findFirst()
                .orElseThrow();
    }

    private static List<TestMember> without(Collection<TestMember> members, TestMember... others) {
        return members.stream().filter(each -> !List.of(others).contains(each)).toList();
    }

    private static List<Operation> readmissions(TestMember asked) {
        return asked.store().cluster().operations().stream()
                .filter(each -> each.requestedBy().equals("recovery"))
                .toList();
    }

    private static void awaitPending(TestMember asked, int count) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> readmissions(asked).stream()
                                .filter(each -> each.step().startsWith("waiting for "))
                                .count()
                        == count);
    }

    /** Of five, two are lost for good, and of a third one the disk is there; one of the copies has an end that nobody else has. */
    @Test
    void copiesComeBackAsVotersByThePlanAlone() {
        try (TestCluster cluster =
                TestCluster.builder().voters(5).patience(PATIENCE).start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("shared", "1"));
            TestMember old = cluster.leader().isolate();
            MetaStore cutOff = old.store().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> cutOff.table(NOTES).put("lost", "of the old leader"))
                    .isInstanceOf(MetastoreException.class);
            List<TestMember> majority = without(cluster.members(), old);
            Awaitility.await().atMost(PATIENCE).until(() -> majority.stream()
                    .anyMatch(each -> each.probe().leads()));
            TestMember next = majority.stream()
                    .filter(each -> each.probe().leads())
                    .findFirst()
                    .orElseThrow();
            next.table(NOTES).put("won", "of the new leader");
            cluster.members().forEach(TestMember::kill);
            old.rejoin();
            List<TestMember> gone = without(majority, next).subList(0, 2);
            List<TestMember> copies = without(cluster.members(), gone.toArray(TestMember[]::new));

            Survey survey = survey(copies);
            RecoveryPlan alone = survey.plan();
            RecoveryPlan plan = survey.plan(PlanOptions.DEFAULT.readmitAll());
            TestMember target = target(cluster, plan);
            List<TestMember> back = without(copies, target);

            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            assertThat(alone.readmitted()).isEmpty();
            assertThat(alone.digest()).isNotEqualTo(plan.digest());
            assertThat(plan.readmitted())
                    .extracting(RecoveryPlan.Readmitted::name)
                    .containsExactlyInAnyOrderElementsOf(
                            back.stream().map(TestMember::name).toList());
            assertThat(plan.readmitted()).allMatch(RecoveryPlan.Readmitted::voter);
            assertThat(plan.steps().subList(alone.steps().size(), plan.steps().size()))
                    .hasSize(3)
                    .filteredOn(step -> step.startsWith("re-admit ") && step.endsWith("gets its vote again"))
                    .hasSize(2);
            assertThat(plan.risks())
                    .anyMatch(risk -> risk.contains(" of " + old.name() + " are") && risk.contains("as a branch"))
                    .anyMatch(risk -> risk.contains("1 of 3 may fail"));
            assertThatThrownBy(() ->
                            survey.plan(PlanOptions.DEFAULT.readmit(gone.get(0).name())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("asked=[" + gone.get(0).name() + "]");
            assertThat(survey.plan(PlanOptions.DEFAULT.readmit(old.name())).readmitted())
                    .hasSize(1);

            RecoveryResult result = plan.apply(Consent.to(plan));
            target.restart();
            awaitPending(target, 2);
            assertThat(result.awaitReadmitted(target.store(), Duration.ofMillis(1)))
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("not back yet: ") && line.contains("waiting for "));
            cluster.restart(back); // As ever: who consented to the plan has allowed it.

            assertThat(result.awaitReadmitted(target.store(), PATIENCE))
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("has its vote: "));
            assertThat(target.store().cluster().failureTolerance()).isEqualTo(1);
            for (TestMember each : List.of(target, old)) { // Every member tells what one of them keeps.
                awaitBranches(each, old.name());
            }
            target.kill(); // They do vote.
            TestMember leader = cluster.leader();
            assertThat(leader.table(NOTES).put("after", "3").epoch()).isEqualTo(2);
            assertThat(leader.table(NOTES).get("won")).isPresent();
            assertThat(leader.table(NOTES).get("lost")).isEmpty();
            Branch kept = Branch.load(old.directory().resolve("stores/main/branches/epoch-000001.jsonl"));
            assertThat(kept.facts().member()).startsWith(old.name() + "@");
            assertThat(kept.transactions().toString()).contains("of the old leader");
            assertThat(Recovery.branches(old.directory()).list())
                    .singleElement()
                    .satisfies(branch -> assertThat(branch.facts()).isEqualTo(kept.facts()));
        }
    }

    /** Whoever leads is killed at a moment of each re-admission, and opened again; nobody else does anything. */
    @Test
    void everyoneComesBackWhereverTheLeaderIsKilled() throws InterruptedException {
        long seed = Long.getLong("readmission.seed", new Random().nextLong());
        System.out.println("kills while members come back: again with -Dreadmission.seed=" + seed);
        Kills kills = new Kills(new Random(seed));
        try (TestCluster cluster = TestCluster.builder()
                .voters(5)
                .patience(PATIENCE)
                .configure(builder -> builder.with(new ObservedOperations(kills::at)))
                .start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("shared", "1"));
            cluster.members().forEach(TestMember::stop);
            RecoveryPlan plan = survey(cluster.members()).plan(PlanOptions.DEFAULT.readmitAll());
            TestMember target = target(cluster, plan);
            List<TestMember> others = without(cluster.members(), target);
            RecoveryResult result = plan.apply(Consent.to(plan));
            others.forEach(each -> each.joining(MetaStore.Builder::rejoin));
            kills.arm(cluster);
            target.restart();
            Thread opening = new Thread(() -> cluster.restart(others), "others");
            opening.start();
            for (int i = 0; i < others.size(); i++) {
                kills.next().restart();
            }
            opening.join(PATIENCE.toMillis());

            assertThat(opening.isAlive()).isFalse();
            assertThat(result.awaitReadmitted(cluster.leader().store(), PATIENCE))
                    .as(kills.toString())
                    .hasSize(4)
                    .allMatch(line -> line.startsWith("has its vote: "));
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(readmissions(cluster.leader()))
                    .as(kills.toString())
                    .hasSize(4)
                    .allMatch(each -> each.state() == OperationState.DONE));
            cluster.awaitApplied(cluster.leader().table(NOTES).put("after", "2"));
            cluster.assertConverged();
            assertThat(cluster.leader().store().cluster().failureTolerance()).isEqualTo(2);
        }
    }

    /** The next opening carries it out, and may be taken back until somebody has come. */
    @Test
    void isGoneOnWithByWhoeverOpensTheDirectoryAndTakenBackUntilSomebodyCame() {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).observers(1).patience(PATIENCE).start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("shared", "1"));
            TestMember observer = cluster.observers().get(0);
            TestMember gone = cluster.anyFollower();
            cluster.members().forEach(TestMember::stop);
            List<TestMember> copies = without(cluster.members(), gone);
            RecoveryPlan plan = survey(copies).plan(PlanOptions.DEFAULT.readmitAll());
            TestMember target = target(cluster, plan);
            Path[] others =
                    without(copies, target).stream().map(TestMember::directory).toArray(Path[]::new);
            plan.intend(Consent.to(plan));
            target.restart();
            awaitPending(target, 2);
            target.kill();
            target.restart();
            awaitPending(target, 2);
            target.stop();
            Recovery.undo(target.directory(), others);
            plan = survey(copies).plan(PlanOptions.DEFAULT.readmitAll());
            RecoveryResult result = plan.apply(Consent.to(plan));
            TestMember goesOn = target(cluster, plan);
            goesOn.restart();
            List<TestMember> back = without(copies, goesOn);
            cluster.restart(back);

            assertThat(result.awaitReadmitted(goesOn.store(), PATIENCE))
                    .contains("is back as an observer: " + observer.name())
                    .hasSize(2);
            assertThat(goesOn.store().status().members())
                    .filteredOn(member -> member.role() == MemberStatus.Role.OBSERVER)
                    .extracting(MemberStatus::name)
                    .containsExactly(observer.name());
            cluster.running().forEach(TestMember::stop);
            Path directory = goesOn.directory();
            assertThatThrownBy(() -> Recovery.undo(directory, others))
                    .isInstanceOf(RecoveryRefusedException.class)
                    .hasMessageContaining("other members entered");
        }
    }

    /** Entries that were left behind are in the lineage and the status of a member, with who keeps them. */
    private static void awaitBranches(TestMember asked, String keeper) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            List<KeptBranch> left = asked.store().cluster().lineage().get(0).branches();
            assertThat(left).as(asked.name()).singleElement().satisfies(branch -> {
                assertThat(branch.kind()).isEqualTo(KeptBranch.Kind.OTHER_COPY);
                assertThat(branch.keeper()).isEqualTo(keeper);
                assertThat(branch.member()).startsWith(keeper + "@");
                assertThat(branch.epoch()).isEqualTo(1);
                assertThat(branch.nextEpoch()).isEqualTo(2);
                assertThat(branch.transactions()).isEqualTo(1);
                assertThat(branch.exact()).isTrue();
                assertThat(branch.damage()).isEmpty();
            });
            StoreStatus status = asked.store().status();
            assertThat(status.branches()).isEqualTo(left);
            assertThat(status.undecided()).isEmpty();
            assertThat(status.toTable()).contains("left behind: OTHER_COPY of epoch 1 at " + keeper + "@");
        });
    }

    /**
     * A member that the plan lets come back asks those of the old epoch, which go on without having heard of anything, then one that another recovery began with: none of them
     * lets it in, and none of them begins to. Nor does the one that went on, when somebody has taken back that it waits for it; only who opens the member may say otherwise.
     */
    @Test
    void planLetsItsMembersComeBackIntoWhatItBeganAndNowhereElse() {
        try (TestCluster cluster = TestCluster.builder()
                .voters(5)
                .patience(PATIENCE)
                .timeouts(Timeouts.defaults().withOpen(Duration.ofMillis(1500)))
                .start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("shared", "1"));
            cluster.members().forEach(TestMember::stop);
            TestMember goesOn = cluster.member("fe1");
            TestMember back = cluster.member("fe2");
            List<TestMember> unheard = without(cluster.members(), goesOn, back);
            RecoveryPlan plan = survey(List.of(goesOn, back))
                    .plan(PlanOptions.DEFAULT.from("fe1").readmit("fe2"));
            plan.apply(Consent.to(plan));
            cluster.restart(unheard);
            assertThat(cluster.leader().table(NOTES).put("unheard", "2").epoch())
                    .isEqualTo(1);

            assertThatThrownBy(back::restart)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContainingAll(
                            "nobody of those that go on lets its member come back",
                            "of an epoch in which the one that asks takes no part any more");
            assertThat(cluster.leader().store().cluster().operations())
                    .noneMatch(operation -> operation.target().equals("fe2"));

            unheard.forEach(TestMember::stop);
            TestMember apart = cluster.member("fe3");
            RecoveryPlan other = survey(List.of(apart)).plan();
            other.apply(Consent.to(other));
            apart.restart();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !apart.store().cluster().lineage().isEmpty());

            assertThatThrownBy(back::restart)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("is none of this history");
            assertThat(apart.store().cluster().operations())
                    .noneMatch(operation -> operation.target().equals("fe2"));
            assertThat(apart.store().cluster().members())
                    .extracting(MemberStatus::name)
                    .containsExactly("fe3");

            apart.stop();
            goesOn.restart();
            awaitPending(goesOn, 1);
            goesOn.store().cluster().cancel(readmissions(goesOn).get(0).id());

            assertThatThrownBy(back::restart)
                    .isInstanceOf(MembershipRefusedException.class)
                    .hasMessageContaining("its operation was cancelled");
            back.joining(MetaStore.Builder::rejoin).restart();
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            goesOn.store().cluster().members())
                    .extracting(MemberStatus::name, MemberStatus::role)
                    .containsExactly(tuple("fe1", MemberStatus.Role.LEADER), tuple("fe2", MemberStatus.Role.OBSERVER)));
        }
    }

    /** Kills whoever carries an operation out at a moment that is drawn for it, once for each operation. Thread-safe. */
    private static final class Kills {
        /** Each comes in every addition of a voter, so often at least. */
        private static final List<String> MOMENTS =
                List.of("RECORDED 1", "CHANGING 1", "CHANGED 1", "CHANGING 2", "CHANGED 2", "ENDING 1", "ENDED 1");

        private final Random random;
        private final List<String> seen = new ArrayList<>();
        private final List<Long> operations = new ArrayList<>();
        private final List<Long> killed = new ArrayList<>();
        private final List<String> chosen = new ArrayList<>();
        private final BlockingQueue<TestMember> dead = new LinkedBlockingQueue<>();
        private TestCluster cluster;

        Kills(Random random) {
            this.random = random;
        }

        synchronized void arm(TestCluster here) {
            cluster = here;
        }

        /** The next one that was killed. */
        TestMember next() throws InterruptedException {
            TestMember next = dead.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(next).as("somebody is killed: %s", this).isNotNull();
            return next;
        }

        void at(String member, long operation, Moment moment) {
            if (!isHere(operation, moment)) {
                return;
            }
            TestMember dies = cluster.member(member);
            Thread killer = new Thread(dies::kill, "test-kill-" + member);
            killer.start();
            try {
                killer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // By the closing of the very member that is killed.
            }
            dead.add(dies);
            throw new IllegalStateException("killed");
        }

        private synchronized boolean isHere(long operation, Moment moment) {
            if (cluster == null || killed.contains(operation)) {
                return false;
            }
            if (!operations.contains(operation)) {
                operations.add(operation);
                chosen.add(MOMENTS.get(random.nextInt(MOMENTS.size())));
            }
            String one = operation + " " + moment;
            seen.add(one);
            long times = seen.stream().filter(one::equals).count();
            boolean here = (moment + " " + times).equals(chosen.get(operations.indexOf(operation)));
            if (here) {
                killed.add(operation);
            }
            return here;
        }

        @Override
        public synchronized String toString() {
            return "operations " + operations + " were killed at " + chosen + ", seen " + seen;
        }
    }
}
