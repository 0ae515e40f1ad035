package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FaultPoints;
import io.metastore.snapshot.files.FaultyDisk;
import io.metastore.snapshot.files.FaultyDisk.Fault;
import io.metastore.snapshot.files.FaultyDisk.Operation;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store is recovered while it is open, over and over, with each file operation of the recovery failing in turn: local reads go on, the same plan applied again comes
 * to its end, and nothing stays open. What a process that dies in it leaves behind is looked at by {@code ResetFaultTest}.
 */
class LiveRecoveryFaultTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    /** Each point opens a store twice. */
    private static final int STRIDE = 24;

    private Path temporary;
    private Path before;
    private String name;
    private String address;
    private int runs;

    @BeforeEach
    void survivor(@TempDir Path given) throws IOException {
        temporary = given.toRealPath();
        before = temporary.resolve("before");
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember survivor = cluster.anyFollower();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            survivor.store().checkpoints().create();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("b", "2"));
            cluster.members().forEach(TestMember::stop);
            Trees.copy(survivor.directory(), before);
            name = survivor.name();
            address = survivor.address();
        }
    }

    @Test
    void storeServesReadsAndGoesOnWhateverOperationFails() throws IOException {
        long started = System.nanoTime();
        Path untouched = prepare();
        FaultyDisk disk = new FaultyDisk(untouched);
        try (MetaStore store = open(untouched)) {
            RecoveryPlan plan = plan(store);
            plan.apply(Consent.to(plan), disk, CLOCK, step -> {});
            checkGoesOn(store, "nothing failed");
        }
        List<Operation> operations = disk.trace();
        assertThat(new HashSet<>(operations)).hasSameSizeAs(operations).hasSizeGreaterThan(100);
        for (Operation operation : FaultPoints.of(operations, STRIDE)) {
            run(operation);
        }
        System.out.println("live recovery: " + operations.size() + " operations, "
                + (System.nanoTime() - started) / 1_000_000_000 + " s");
    }

    private void run(Operation operation) throws IOException {
        Path directory = prepare();
        FaultyDisk disk = new FaultyDisk(directory, temporary.resolve("none"), operation, Fault.ERROR);
        MetaStore store = open(directory);
        try {
            RecoveryPlan plan = plan(store);
            boolean told = false;
            try {
                plan.apply(Consent.to(plan), disk, CLOCK, step -> {});
            } catch (MetastoreException e) {
                told = true;
            }
            assertThat(disk.fired()).as("%s failed", operation).isTrue();
            assertThat(told || !operation.changes() || operation.verb().equals("delete"))
                    .as("somebody is told of %s", operation)
                    .isTrue();
            assertThat(store.table(NOTES).reading(ReadMode.local()).get("b"))
                    .as("read after %s", operation)
                    .contains("2");
            plan.apply(Consent.to(plan), new DiskFileLayer(), CLOCK, step -> {});
            checkGoesOn(store, operation.toString());
        } finally {
            MemberProbe.close(store);
        }
        assertThat(MemberProbe.openNativeHandles(store))
                .as("after %s", operation)
                .isZero();
    }

    private static void checkGoesOn(MetaStore store, String after) {
        Table<String, String> notes = store.table(NOTES);
        assertThat(notes.put("c", "3").epoch()).as("written after %s", after).isGreaterThan(1);
        assertThat(notes.get("a")).as("kept after %s", after).contains("1");
        assertThat(notes.get("b")).as("kept after %s", after).contains("2");
        assertThat(store.status().state()).isEqualTo(StoreState.SERVING);
    }

    private static RecoveryPlan plan(MetaStore store) {
        return Recovery.of(Source.store(store)).survey().plan(PlanOptions.DEFAULT.because("ann", "two of three burnt"));
    }

    private MetaStore open(Path directory) {
        MetaStore store = MetaStore.builder(directory)
                .member(name, address)
                .with(new SimulatedNetwork(1))
                .open();
        Awaitility.await().atMost(PATIENCE).until(() -> MemberProbe.of(store).revision() > 0);
        return store;
    }

    private Path prepare() throws IOException {
        Path directory = temporary.resolve("run" + ++runs);
        Trees.copy(before, directory);
        return directory;
    }
}
