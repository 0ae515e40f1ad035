package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Codecs;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real file systems that fail, or have no room left, under members that run and under a recovery. */
class FailingDiskTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    /** Without the reserve that would keep a member from ever meeting the end of its disk. */
    private static final Limits TO_THE_LAST_BYTE =
            Limits.defaults().toBuilder().diskFreeBytesMin(0).build();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** In this time a member knows that its disk is gone. */
    private static final Duration FOUND_MAX = Duration.ofSeconds(10);

    private static final long SMALL = 64L << 20;

    @Test
    void singleMemberWithoutADiskSaysSoAndAcknowledgesNothingMore(@TempDir Path given) throws IOException {
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath(), SMALL)) {
            Path directory = disk.root().resolve("member");
            MetaStore store = open(directory);
            try {
                store.table(NOTES).put("before", "1");
                disk.cut();
                assertThatThrownBy(
                                () -> store.withTimeout(PATIENCE).table(NOTES).put("after", "2"))
                        .isInstanceOf(MetastoreException.class)
                        .hasMessageContaining("has stopped"); // Not at its deadline.
                Awaitility.await().atMost(FOUND_MAX).until(() -> store.status().state() == StoreState.FAILED);
                assertThat(store.health().live()).isFalse();
                assertThat(store.health().ready()).isFalse();
                assertThatThrownBy(() -> store.table(NOTES).put("later", "3")).isInstanceOf(MetastoreException.class);
                assertThatThrownBy(() -> store.table(NOTES).get("before")).isInstanceOf(MetastoreException.class);
            } finally {
                MemberProbe.kill(store);
            }
            disk.powerOn();
            try (MetaStore again = open(directory)) {
                assertThat(again.table(NOTES).get("before")).contains("1");
                assertThat(again.table(NOTES).get("later")).isEmpty();
                again.table(NOTES).put("goes", "on");
            }
        }
    }

    @Test
    void leaderWithoutADiskIsReplacedAndNothingAcknowledgedIsLost(@TempDir Path given) throws IOException {
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath(), SMALL);
                TestCluster cluster = three()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("before", "1"));
            TestMember failing = moved(cluster, disk);
            cluster.awaitApplied(cluster.leader().table(NOTES).put("acknowledged", "2"));

            disk.cut();

            TestMember other = other(cluster, failing);
            Revision after = other.store().withTimeout(PATIENCE).table(NOTES).put("after", "3");
            Awaitility.await()
                    .atMost(FOUND_MAX)
                    .until(() -> failing.store().status().state() == StoreState.FAILED);
            assertThat(other.table(NOTES).get("acknowledged")).contains("2");
            failing.kill();
            disk.powerOn();
            failing.restart(); // It has what it had forced.
            cluster.awaitApplied(after);
            cluster.assertConverged();
            failing.stop();
        }
    }

    @Test
    void leaderWithoutRoomIsReplacedAndIsBackWhenThereIsSome(@TempDir Path given) throws IOException {
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath(), SMALL);
                TestCluster cluster = three()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("before", "1"));
            TestMember failing = moved(cluster, disk);
            TestMember other = other(cluster, failing);
            Path ballast = disk.fill(0);
            String large = "v".repeat(500_000);
            Revision last = Revision.NONE;
            int written = 0;
            while (written < 100 && failing.store().status().state() != StoreState.FAILED) {
                last = other.store().withTimeout(PATIENCE).table(NOTES).put("k" + written++, large);
            }
            assertThat(failing.store().status().state()).as("after %s", written).isEqualTo(StoreState.FAILED);
            assertThat(failing.store().status().reason()).contains("No space left");
            for (int i = 0; i < 5; i++) {
                last = other.store().withTimeout(PATIENCE).table(NOTES).put("k" + written++, "small");
            }
            failing.kill();
            Files.delete(ballast);
            failing.restart();

            cluster.awaitApplied(last);
            cluster.assertConverged();
            for (int i = 0; i < written; i++) {
                assertThat(failing.table(NOTES).contains("k" + i)).as("k%s", i).isTrue();
            }
            failing.stop();
        }
    }

    @Test
    void recoveryWithoutRoomIsRefusedWithTheFigureAndChangesNothing(@TempDir Path given) throws IOException {
        try (LoopDisk disk = LoopDisk.orNotRun(given.toRealPath(), 2 * SMALL)) {
            Path directory = disk.root().resolve("member");
            MetaStore store = open(directory);
            try {
                store.table(NOTES).put("before", "1");
            } finally {
                MemberProbe.kill(store);
            }
            RecoveryPlan plan =
                    Recovery.of(Source.directory(directory)).survey().plan();
            Path ballast = disk.fill(1 << 20);
            Map<String, Integer> before = Trees.photo(directory);

            assertThat(catchThrowable(() -> plan.apply(Consent.to(plan))))
                    .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.NO_SPACE))
                    .hasMessageContaining("needed=" + plan.spaceBytes())
                    .hasMessageContaining("nothing was changed");

            assertThat(Trees.photo(directory)).isEqualTo(before);
            Files.delete(ballast);
            plan.apply(Consent.to(plan));
            try (MetaStore recovered = open(directory)) {
                assertThat(recovered.table(NOTES).get("before")).contains("1");
            }
        }
    }

    private static MetaStore open(Path directory) {
        return MetaStore.builder(directory).limits(TO_THE_LAST_BYTE).open();
    }

    private static TestCluster three() {
        return TestCluster.builder()
                .voters(3)
                .patience(PATIENCE)
                .configure(each -> each.limits(TO_THE_LAST_BYTE))
                .start();
    }

    private static TestMember other(TestCluster cluster, TestMember than) {
        return cluster.members().stream()
                .filter(each -> each != than)
                .findFirst()
                .orElseThrow();
    }

    /** Has the leader go on with its directory on the disk that is to fail. */
    private static TestMember moved(TestCluster cluster, LoopDisk disk) throws IOException {
        TestMember member = cluster.member("fe1");
        member.stop();
        Path target = disk.root().resolve(member.name());
        Trees.copy(member.directory(), target);
        Trees.delete(member.directory());
        Files.createSymbolicLink(member.directory(), target);
        disk.force();
        member.restart();
        cluster.awaitApplied(cluster.leader().store().revision());
        if (!member.probe().leads()) {
            cluster.leader().store().cluster().transferLeadership(member.name()).await(PATIENCE);
            Awaitility.await().atMost(PATIENCE).until(() -> member.probe().leads());
        }
        return member;
    }
}
