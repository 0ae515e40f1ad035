package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Power is cut, of a real file system, for everything that is on it: journal, state and images of members, and what a recovery is writing. */
class PowerLossTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> STEPS = List.of("seal", "journal", "images", "state", "verify", "publish");

    /** Each point takes more than a second; with this one one or two are visited. */
    private static final int STRIDE = 9;

    /** Nobody does anything: all were off at once, in the middle of writing, and when power is back so is the cluster, with every acknowledged write. */
    @Test
    void wholeClusterComesBackByItselfWithEverythingAcknowledged(@TempDir Path given)
            throws IOException, InterruptedException {
        long seed = Long.getLong("power.seed", new Random().nextLong());
        System.out.println("power loss of all: again with -Dpower.seed=" + seed);
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath());
                TestCluster cluster = TestCluster.builder()
                        .directory(disk.root())
                        .patience(PATIENCE)
                        .start()) {
            TestMember leader = cluster.leader();
            Set<String> acknowledged = ConcurrentHashMap.newKeySet();
            int enough = 20 + new Random(seed).nextInt(100);
            CountDownLatch written = new CountDownLatch(enough);
            AtomicBoolean off = new AtomicBoolean();
            Thread writer = new Thread(() -> write(leader, acknowledged, written, off), "writer");
            writer.start();
            cluster.anyFollower().store().checkpoints().create();
            written.await();

            disk.cut();
            Set<String> before = Set.copyOf(acknowledged); // Nothing forced since then can be there.
            off.set(true);
            writer.join();
            List<TestMember> all = cluster.running();
            all.forEach(TestMember::kill);
            disk.powerOn();
            Survey survey = Recovery.of(all.stream()
                            .map(each -> Source.directory(each.directory()).labelled(each.name()))
                            .toArray(Source[]::new))
                    .survey();
            assertThat(survey.copies()).as("%s", survey).allMatch(SurveyedCopy::complete);
            assertThat(survey.contradictions()).isEmpty();
            assertThat(survey.diagnose().verdict().kind()).as("%s", survey).isEqualTo(Verdict.Kind.PROVEN_NONE);
            cluster.restart(all);

            Set<String> found = cluster.leader().table(NOTES).scan(Range.all()).entries().stream()
                    .map(entry -> entry.key())
                    .collect(Collectors.toSet());
            assertThat(found).containsAll(before).hasSizeGreaterThanOrEqualTo(enough);
            cluster.awaitApplied(cluster.leader().table(NOTES).put("after", "all"));
            cluster.assertConverged();
            assertThat(cluster.leader().store().cluster().lineage()).isEmpty();
            assertThat(cluster.leader().store().revision().epoch()).isEqualTo(1);
            assertThat(cluster.leader().store().status().state()).isEqualTo(StoreState.SERVING);
        }
    }

    private static void write(TestMember leader, Set<String> acknowledged, CountDownLatch written, AtomicBoolean off) {
        MetaStore store = leader.store().withTimeout(Duration.ofSeconds(2));
        for (int i = 0; !off.get(); i++) {
            try {
                store.table(NOTES).put("k" + i, "value " + i);
                acknowledged.add("k" + i);
                written.countDown();
            } catch (MetastoreException e) {
                return; // It has no disk any more.
            }
        }
    }

    /**
     * Where power is lost.
     *
     * @param before what has been done by then
     * @param cutOff in the middle of which it is lost
     * @param after what is done when it is back
     */
    private record Point(
            String name, Consumer<TwoOfThree> before, Consumer<TwoOfThree> cutOff, Consumer<TwoOfThree> after) {}

    @Test
    void recoveryComesToItsEndWhereverPowerIsLost(@TempDir Path given) throws IOException {
        Path temporary = given.toRealPath();
        try (LoopDisk disk = LoopDisk.orNotRun(temporary)) {
            TwoOfThree prepared = TwoOfThree.killedIn(temporary);
            List<Point> points = new ArrayList<>();
            for (String step : STEPS) {
                points.add(new Point(
                        "apply, at " + step,
                        members -> {},
                        members -> applyUntil(members, step, disk::cut),
                        TwoOfThree::goOn));
            }
            for (String step :
                    STEPS) { // What a process had not written back is gone with it, or is forgotten by the disk.
                points.add(new Point(
                        "apply by a process that dies, at " + step,
                        members -> {},
                        members -> killUntil(members, step, disk, temporary),
                        TwoOfThree::goOn));
            }
            for (String file : List.of("epoch-000002/journal", "epoch-000002/state", "epoch-000002/GENESIS")) {
                points.add(new Point(
                        "resume, when there is " + file,
                        members -> applyUntil(members, "journal", PowerLossTest::giveUp),
                        members -> until(file, disk, members, () -> Recovery.resume(members.own())),
                        TwoOfThree::goOn));
            }
            for (String file : List.of("epoch-000002.taken-back", "CURRENT")) {
                points.add(new Point(
                        "undo, when there is " + file,
                        members -> applyUntil(members, "", PowerLossTest::giveUp),
                        members -> until(file, disk, members, () -> Recovery.undo(members.own(), members.other())),
                        PowerLossTest::takenBackAndAgain));
            }
            for (Point point : FaultPoints.of(points, STRIDE)) {
                Path place = disk.root().resolve("members");
                Trees.delete(place);
                TwoOfThree members = prepared.copiedTo(place);
                disk.force();
                point.before().accept(members);
                point.cutOff().accept(members);
                disk.powerOn();
                point.after().accept(members);
                members.check(point.name());
            }
        }
    }

    private static void killUntil(TwoOfThree members, String step, LoopDisk disk, Path temporary) {
        try {
            members.killedAt(step, disk::cut, temporary, "directories");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void giveUp() {
        throw new IllegalStateException("as planned");
    }

    /** It fails with whatever meets a disk that is gone first. */
    private static void applyUntil(TwoOfThree members, String step, Runnable action) {
        RecoveryPlan plan = members.plan();
        List<String> steps = new ArrayList<>();
        try {
            plan.apply(Consent.to(plan), each -> {
                steps.add(each);
                if (each.equals(step)) {
                    action.run();
                }
            });
        } catch (RuntimeException e) {
            assertThat(steps).as("%s", e).contains(step);
        }
    }

    /** Cuts the power when a file of the member is there, or at the end. */
    private static void until(String file, LoopDisk disk, TwoOfThree members, Runnable work) {
        Path awaited = members.own().resolve("stores/main").resolve(file);
        AtomicBoolean over = new AtomicBoolean();
        Thread cutting = new Thread(
                () -> {
                    while (!Files.exists(awaited) && !over.get()) {
                        Thread.onSpinWait();
                    }
                    disk.cut();
                },
                "power");
        cutting.start();
        try {
            work.run();
        } catch (RuntimeException e) {
            assertThat(e).hasStackTraceContaining("Input/output error");
        } finally {
            over.set(true);
            join(cutting);
        }
    }

    private static void takenBackAndAgain(TwoOfThree members) {
        members.takeBack(Recovery::undo);
        members.applyUntil("");
    }

    /** A member is coming back into the new epoch, and power is lost for it and for the one that lets it in. */
    @Test
    void memberComesBackThoughPowerIsLostWhileItDoes(@TempDir Path given) throws IOException {
        List<String> files = List.of("SEAL", "epoch-000002/membership", "epoch-000002/image", "epoch-000002/journal");
        int chosen = Integer.getInteger("power.file", new Random().nextInt(files.size()));
        System.out.println("power loss of a member that comes back: again with -Dpower.file=" + chosen);
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath());
                TestCluster cluster = TestCluster.builder()
                        .directory(disk.root())
                        .patience(PATIENCE)
                        .start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("before", "1"));
            cluster.members().forEach(TestMember::stop);
            TestMember survivor = cluster.member("fe1");
            TestMember returning = cluster.member("fe3");
            RecoveryPlan plan =
                    Recovery.of(Source.directory(survivor.directory())).survey().plan();
            plan.apply(Consent.to(plan));
            survivor.restart();
            Awaitility.await().atMost(PATIENCE).until(() -> survivor.probe().leads());
            survivor.table(NOTES).put("epoch", "2");

            Path awaited = returning.directory().resolve("stores/main").resolve(files.get(chosen));
            returning.joining(MetaStore.Builder::rejoin).restart();
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(awaited));
            disk.cut();
            cluster.running().forEach(TestMember::kill);
            disk.powerOn();
            survivor.restart();
            returning.restart();

            Awaitility.await().atMost(PATIENCE).until(() -> survivor.probe().leads());
            survivor.table(NOTES).put("after", "3");
            for (String key : List.of("before", "epoch", "after")) {
                Awaitility.await().atMost(PATIENCE).until(() -> returning
                        .table(NOTES)
                        .reading(ReadMode.local())
                        .get(key)
                        .isPresent());
            }
            Awaitility.await().atMost(PATIENCE).until(() -> survivor.store().cluster().members().stream()
                    .anyMatch(member -> member.name().equals(returning.name())
                            && member.joined()
                            && member.role() == MemberStatus.Role.OBSERVER));
            assertThat(returning.store().cluster().lineage()).hasSize(1);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(thread.isAlive()).isFalse();
    }
}
