package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes are killed with SIGKILL while they recover, at each step, from directories and with the store open; the same recovery, begun again, comes to its end. */
class RecoveryKillTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final List<String> STEPS = List.of("seal", "journal", "images", "state", "verify", "publish");
    private static final int SIDE_BY_SIDE = 2;

    /** Each point starts a process; odd, so that both ways are among those visited. */
    private static final int STRIDE = 3;

    private Path temporary;
    private Path own;
    private Path other;
    private String name;
    private String address;

    @BeforeEach
    void twoOfThree(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
        own = temporary.resolve("own");
        other = temporary.resolve("other");
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember survivor = cluster.member("fe1");
            for (int i = 0; i < 50; i++) {
                cluster.awaitApplied(cluster.leader().table(NOTES).put("k" + i, "value " + i));
            }
            survivor.store().checkpoints().create();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("last", "value"));
            cluster.members().forEach(TestMember::kill);
            Trees.copy(survivor.directory(), own);
            Trees.copy(cluster.member("fe2").directory(), other);
            name = survivor.name();
            address = survivor.address();
        }
    }

    @Test
    void comesToItsEndWhereverTheProcessIsKilled() {
        List<Callable<Integer>> points = new ArrayList<>();
        for (String step : STEPS) {
            points.add(() -> kill("directories", step));
            points.add(() -> kill("live", step));
        }
        List<Callable<Integer>> visited = FaultPoints.of(points, STRIDE);
        int killed = FaultPoints.runAll(visited, SIDE_BY_SIDE);
        System.out.println(
                "recovering processes: " + visited.size() + " started, " + killed + " killed before their end");
        assertThat(killed).isGreaterThanOrEqualTo(visited.size() / 2);
    }

    /** 1 when it was killed in time. */
    private int kill(String how, String step) throws IOException {
        Path place = Files.createDirectories(temporary.resolve(how + "-" + step));
        Path ownCopy = place.resolve("own");
        Path otherCopy = place.resolve("other");
        Trees.copy(own, ownCopy);
        Trees.copy(other, otherCopy);

        boolean inTime =
                RecoveringProcess.killedAt(step, place, how, name, address, ownCopy.toString(), otherCopy.toString());

        if (epoch(ownCopy) == 1) {
            goOn(ownCopy, otherCopy);
        }
        long epoch = epoch(ownCopy);
        assertThat(epoch)
                .as("%s, killed at %s", how, step)
                .isGreaterThan(1); // A number that was given up is not given again.
        MetaStore store = RecoveringProcess.open(ownCopy, name, address);
        try {
            assertThat(store.table(NOTES).put("after", step).epoch()).isEqualTo(epoch);
            assertThat(store.table(NOTES).get("k0")).contains("value 0");
            assertThat(store.table(NOTES).get("last")).contains("value");
        } finally {
            MemberProbe.close(store);
        }
        return inTime ? 1 : 0;
    }

    /** As the runbook says: resume it; when only the others were sealed yet, abort it and begin again. */
    static void goOn(Path target, Path other) {
        if (!isUnderWay(target)) {
            if (isUnderWay(other)) {
                Recovery.abort(target, other);
            }
            RecoveryPlan plan = RecoveringProcess.plan(
                    Source.directory(target).labelled("own"),
                    Source.directory(other).labelled("other"));
            plan.apply(Consent.to(plan));
        } else {
            Recovery.resume(target);
        }
    }

    private static boolean isUnderWay(Path directory) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            return succession
                    .seal()
                    .filter(seal -> seal.forbids(succession.epoch()))
                    .isPresent();
        }
    }

    private static long epoch(Path directory) {
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), directory)) {
            return succession.epoch();
        }
    }
}
