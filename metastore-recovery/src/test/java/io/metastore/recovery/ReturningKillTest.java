package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.KeptBranch;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.ObservedFiles;
import io.metastore.raft.ObservedOperations;
import io.metastore.raft.ObservedOperations.Moment;
import io.metastore.recovery.branch.Branch;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.Seal;
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
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A former leader with a write that nobody else has was left behind by a recovery, the plan of which lets it come back. It does, as a real process over sockets, and is killed
 * with SIGKILL: before each change of its files, and at each moment of the operation that lets it in. Opened again in the same way it comes to its end.
 */
class ReturningKillTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WRITE_MAX = Duration.ofMillis(500);
    private static final String OLD = "stores/main/epoch-000001";
    private static final String KEPT = "stores/main/branches/epoch-000001.jsonl";

    /** Each comes in every addition of a voter, so often at least. */
    private static final List<String> MOMENTS =
            List.of("RECORDED 1", "CHANGING 1", "CHANGED 1", "CHANGING 2", "CHANGED 2", "ENDING 1", "ENDED 1");

    private static Path given;
    private static List<String> addresses;
    private static String survivor;
    private static String returning;
    private static RecoveryResult result;
    private static Map<String, Integer> old;

    @TempDir
    Path temporary;

    @BeforeAll
    static void leaveBehind(@TempDir Path place) throws IOException {
        given = place.toRealPath();
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .links(MetaStoreTest.Links.GRPC)
                .configure(builder -> builder.clusterToken(MemberProcess.TOKEN))
                .patience(PATIENCE)
                .start()) {
            cluster.awaitApplied(cluster.leader().table(MemberProcess.NOTES).put("shared", "1"));
            TestMember left = cluster.leader().isolate();
            MetaStore cutOff = left.store().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> cutOff.table(MemberProcess.NOTES).put("lost", "alone"))
                    .isInstanceOf(MetastoreException.class);
            List<TestMember> others =
                    cluster.members().stream().filter(each -> each != left).toList();
            Awaitility.await().atMost(PATIENCE).until(() -> others.stream()
                    .anyMatch(each -> each.probe().leads()));
            TestMember next = others.stream()
                    .filter(each -> each.probe().leads())
                    .findFirst()
                    .orElseThrow();
            next.table(MemberProcess.NOTES).put("won", "2");
            cluster.members().forEach(TestMember::kill);
            addresses = cluster.members().stream().map(TestMember::address).toList();
            survivor = next.name();
            returning = left.name();
            RecoveryPlan plan = Recovery.of(cluster.members().stream()
                            .map(each -> Source.directory(each.directory()).labelled(each.name()))
                            .toArray(Source[]::new))
                    .survey()
                    .plan(PlanOptions.DEFAULT.from(survivor).readmit(returning));
            result = plan.apply(Consent.to(plan));
            Trees.copy(next.directory(), given.resolve(survivor));
            Trees.copy(left.directory(), given.resolve(returning));
        }
        old = Trees.photo(given.resolve(returning).resolve(OLD));
    }

    /**
     * Where it is killed.
     *
     * @param change before how many changes of its files; {@link ReturningProcess#NEVER} for a moment
     * @param moment of the operation that lets it in; empty for a change
     */
    private record Point(int change, String moment) {}

    @Test
    void memberThatAsksToBeLetInComesBackWhereverItsProcessIsKilled() throws IOException {
        int changes = changesOfOneThatIsNotKilled();
        assertThat(changes).as("changes of files until it has its vote").isGreaterThan(20);
        List<Point> points = new ArrayList<>();
        MOMENTS.forEach(moment -> points.add(new Point(ReturningProcess.NEVER, moment)));
        for (int change = 0; change < changes; change++) {
            points.add(new Point(change, ""));
        }
        for (Point point : FaultPoints.of(points, points.size())) {
            killed(point);
        }
    }

    private Path prepare(String place) throws IOException {
        Path base = temporary.resolve(place);
        Files.createDirectories(base);
        for (String each : List.of(survivor, returning)) {
            Trees.copy(given.resolve(each), base.resolve(each));
        }
        return base;
    }

    private static MetaStore.Builder builder(Path base, String name) {
        return MemberProcess.builder(base.resolve(name), name, addresses);
    }

    /** In this process, until it has its vote. */
    private int changesOfOneThatIsNotKilled() throws IOException {
        Path base = prepare("whole");
        WaitingDisk counting = WaitingDisk.counting();
        MetaStore goesOn = builder(base, survivor).open();
        try {
            MetaStore back = builder(base, returning)
                    .with(new ObservedFiles(disk -> counting.proxy()))
                    .open();
            try {
                check(base, goesOn, back, "nothing went wrong");
                return counting.changes();
            } finally {
                MemberProbe.kill(back);
            }
        } finally {
            MemberProbe.kill(goesOn);
        }
    }

    private void killed(Point point) throws IOException {
        String what = "killed at " + point;
        System.out.println("member comes back: its process is " + what);
        Path base = prepare("point");
        Killing killing = new Killing(point.moment());
        MetaStore goesOn = builder(base, survivor)
                .with(new ObservedOperations((member, operation, moment) -> killing.at(moment)))
                .open();
        try {
            try (ReturningProcess process =
                    ReturningProcess.start(point.change(), temporary, base.resolve(returning), returning, addresses)) {
                killing.victim(process);
                Awaitility.await(what).atMost(PATIENCE).until(() -> {
                    write(goesOn); // So that the member has something to do, however far it is.
                    return process.isKilled();
                });
            }
            checkWhollyOldOrWhollyNew(base.resolve(returning), what);
            MetaStore back = builder(base, returning).open();
            try {
                check(base, goesOn, back, what);
            } finally {
                MemberProbe.kill(back);
            }
        } finally {
            MemberProbe.kill(goesOn);
        }
        Trees.delete(base);
    }

    private static void write(MetaStore goesOn) {
        try {
            goesOn.withTimeout(WRITE_MAX).table(MemberProcess.NOTES).put("while", "it comes back");
        } catch (MetastoreException e) {
            // It has just got its vote and is killed: there is no majority for as long as it is away.
        }
    }

    /** Never of both memberships: sealed in the old one, or in the new one with its branch kept. */
    private static void checkWhollyOldOrWhollyNew(Path directory, String what) throws IOException {
        DirectoryInspection found = DirectoryInspection.of(new DiskFileLayer(), directory);
        Seal seal = found.seal().orElseThrow();
        assertThat(seal.forbids(1)).as(what).isTrue();
        if (found.epoch().orElseThrow() != 1) {
            assertThat(found.epoch()).as(what).contains(2L);
            assertThat(found.flaws()).as(what).isEmpty();
            assertThat(directory.resolve(KEPT)).as(what).exists();
        }
        assertThat(Trees.photo(directory.resolve(OLD))).as(what).isEqualTo(old);
    }

    private static void check(Path base, MetaStore goesOn, MetaStore back, String what) throws IOException {
        assertThat(result.awaitReadmitted(goesOn, PATIENCE)).as(what).containsExactly("has its vote: " + returning);
        assertThat(goesOn.table(MemberProcess.NOTES).put("after", what).epoch())
                .as(what)
                .isEqualTo(2);
        assertThat(back.table(MemberProcess.NOTES).get("after")).as(what).contains(what);
        assertThat(back.table(MemberProcess.NOTES).get("won")).as(what).contains("2");
        assertThat(back.table(MemberProcess.NOTES).get("lost")).as(what).isEmpty();
        assertThat(back.table(MemberProcess.NOTES).reading(ReadMode.local()).get("shared"))
                .as(what)
                .contains("1");
        Path directory = base.resolve(returning);
        UUID again = DirectoryInspection.of(new DiskFileLayer(), directory)
                .self()
                .orElseThrow()
                .incarnation();
        assertThat(goesOn.status().members())
                .as(what)
                .filteredOn(member -> member.name().equals(returning))
                .extracting(MemberStatus::incarnation)
                .containsExactly(again.toString().substring(0, 8));
        assertThat(Branch.load(directory.resolve(KEPT)).transactions().toString())
                .as(what)
                .contains("alone");
        assertThat(Trees.photo(directory.resolve(OLD))).as(what).isEqualTo(old);
        Awaitility.await(what).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        goesOn.cluster().lineage().get(0).branches())
                .filteredOn(branch -> branch.kind() == KeptBranch.Kind.OTHER_COPY)
                .extracting(KeptBranch::keeper)
                .containsExactly(returning));
    }

    /** Kills at a moment of the operation, on the thread that carries it out, which goes on afterwards. */
    private static final class Killing {
        private final String moment;
        private final List<String> seen = new ArrayList<>();
        private ReturningProcess victim;

        Killing(String moment) {
            this.moment = moment;
        }

        synchronized void victim(ReturningProcess process) {
            victim = process;
        }

        synchronized void at(Moment now) {
            seen.add(now.name());
            long times = seen.stream().filter(now.name()::equals).count();
            if (moment.equals(now + " " + times)) {
                victim.kill();
            }
        }
    }
}
