package io.metastore.recovery.internal.reset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.EpochBeginning;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.recovery.JournalScanner;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Directories of real members that lost the others for good. */
class DirectoryResetTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FileLayer files = new DiskFileLayer();
    private final List<DirectoryReset.Step> steps = new ArrayList<>();

    private DirectoryReset reset() {
        return new DirectoryReset(files, Clock.systemUTC(), steps::add);
    }

    private DirectoryReturn back() {
        return new DirectoryReturn(files, Clock.systemUTC());
    }

    /** As a survey of that directory alone would have it. */
    private ResetOrder order(Path directory) {
        try (EpochSuccession succession = EpochSuccession.open(files, directory)) {
            long epoch = succession.epoch();
            Path entries =
                    new OfflineJournal(files, succession.journalDirectory(epoch), succession.group(epoch)).entries();
            LogPosition last = JournalScanner.scan(entries).last();
            return new ResetOrder(
                    UUID.randomUUID(),
                    succession.identity().clusterId(),
                    epoch,
                    last,
                    last,
                    90,
                    2,
                    "ann",
                    "two of three hosts burnt, größter Schaden: 50 %",
                    "UNBOUNDED",
                    "digest",
                    List.of(),
                    List.of("fe2@x", "fe3@y"),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
        }
    }

    @Test
    void survivorOfThreeGoesOnAloneWithAllItHad() {
        try (TestCluster cluster = TestCluster.start(3)) {
            Revision before = load(cluster.leader(), "a", 30);
            cluster.awaitApplied(before);
            TestMember survivor = lost(cluster);
            ResetOrder order = order(survivor.directory());

            DirectoryReset.Made made = reset().run(survivor.directory(), order);
            survivor.restart();

            assertThat(made.epoch()).isEqualTo(2);
            assertThat(made.leftOut()).isEmpty();
            assertThat(made.state()).isNotNull();
            assertThat(steps)
                    .as("no member of another process is sealed")
                    .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(DirectoryReset.Step.MEMBERS)));
            awaitLeading(survivor);
            Revision after = survivor.table(NOTES).put("new", "life");
            assertThat(after).isGreaterThan(before);
            assertThat(survivor.table(NOTES).get("a29")).contains("value 29");
            assertThat(survivor.probe().term()).isGreaterThan(90);
            assertThat(survivor.store().cluster().members()).hasSize(1);
            awaitLineage(survivor, 1);
            EpochBeginning beginning = survivor.store().cluster().lineage().get(0);
            assertThat(beginning.epoch()).isEqualTo(2);
            assertThat(beginning.tip()).isEqualTo(order.tip());
            assertThat(beginning.why()).isEqualTo(order.why());
            assertThat(beginning.missing()).containsExactly("fe2@x", "fe3@y");
            assertThat(beginning.recovery()).isEqualTo(order.recovery());
            assertThat(survivor.table(NOTES).put("later", "1").epoch()).isEqualTo(2);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !survivor.store().checkpoints().list().isEmpty());
            // and again, with nothing left to do for whoever opens it, and without what is an archive by now
            survivor.stop();
            delete(survivor.directory().resolve("stores/main/epoch-000001"));
            survivor.restart();
            awaitLeading(survivor);
            assertThat(survivor.table(NOTES).get("new")).contains("life");
            assertThat(survivor.table(NOTES).get("a29")).contains("value 29");
            assertThat(survivor.store().cluster().lineage()).hasSize(1);
        }
    }

    private static void delete(Path epoch) {
        try {
            assertThat(epoch).isDirectory();
            Trees.delete(epoch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void clusterGrowsAgainFromIt() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), "a", 10));
            TestMember survivor = lost(cluster);
            reset().run(survivor.directory(), order(survivor.directory()));
            survivor.restart();
            awaitLeading(survivor);

            for (TestMember other : cluster.members()) {
                if (other != survivor) {
                    other.wipe().joining(builder -> builder.join(survivor.address()));
                    var adding = survivor.store().cluster().addVoter(other.name(), other.address());
                    other.restart();
                    adding.await(PATIENCE);
                }
            }

            load(cluster.leader(), "b", 10);
            cluster.assertConverged();
            assertThat(cluster.leader().store().cluster().failureTolerance()).isEqualTo(1);
            for (TestMember member : cluster.members()) {
                assertThat(member.store().cluster().lineage()).hasSize(1);
            }
        }
    }

    @Test
    void observerGoesOnAsTheVoter() {
        try (TestCluster cluster =
                TestCluster.builder().voters(1).observers(1).patience(PATIENCE).start()) {
            cluster.awaitApplied(load(cluster.leader(), "a", 10));
            TestMember observer = cluster.observers().get(0);
            cluster.members().forEach(TestMember::kill);

            reset().run(observer.directory(), order(observer.directory()));
            observer.restart();

            awaitLeading(observer);
            observer.table(NOTES).put("b", "b");
            assertThat(observer.table(NOTES).get("a9")).contains("value 9");
        }
    }

    @Test
    void sealedDirectoryIsNotStartedUntilTheRecoveryIsAborted() {
        try (TestCluster cluster = TestCluster.start(3)) {
            load(cluster.leader(), "a", 10);
            TestMember survivor = lost(cluster);
            ResetOrder order = order(survivor.directory());
            IllegalStateException killed = new IllegalStateException("as planned");
            DirectoryReset cutOff = new DirectoryReset(files, Clock.systemUTC(), step -> {
                if (step == DirectoryReset.Step.PUBLISH) {
                    throw killed;
                }
            });
            assertThatThrownBy(() -> cutOff.run(survivor.directory(), order)).isSameAs(killed);

            assertThatThrownBy(survivor::restart)
                    .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.SEALED))
                    .hasMessageContaining("recovery=" + order.recovery());
            refused(Reason.SEALED, () -> reset().run(survivor.directory(), order(survivor.directory())));

            back().abort(survivor.directory());

            refused(Reason.NOTHING_UNDER_WAY, () -> back().abort(survivor.directory()));
            cluster.members().forEach(TestMember::restart);
            load(cluster.leader(), "b", 10);
            cluster.assertConverged();
            assertThat(cluster.leader().store().cluster().lineage()).isEmpty();
        }
    }

    @Test
    void isTakenBackUntilTheFirstWrite() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(load(cluster.leader(), "a", 10));
            TestMember survivor = lost(cluster);
            reset().run(survivor.directory(), order(survivor.directory()));
            survivor.restart();
            awaitLineage(survivor, 1);
            survivor.stop();

            back().undo(survivor.directory());

            cluster.members().forEach(TestMember::restart);
            cluster.awaitApplied(load(cluster.leader(), "b", 10));
            cluster.assertConverged();
            cluster.members().forEach(TestMember::stop);
            // the next one gets another number, and cannot be taken back once it was used
            DirectoryReset.Made made = reset().run(survivor.directory(), order(survivor.directory()));
            assertThat(made.epoch()).isEqualTo(3);
            survivor.restart();
            awaitLeading(survivor);
            survivor.table(NOTES).put("c", "c");
            survivor.stop();
            refused(Reason.CANNOT_UNDO, () -> back().undo(survivor.directory()));
            survivor.restart();
            assertThat(survivor.table(NOTES).get("c")).contains("c");
        }
    }

    @Test
    void changesSinceTheSurveyAreNoticed() {
        try (TestCluster cluster = TestCluster.start(1)) {
            TestMember only = cluster.leader();
            load(only, "a", 5);
            only.stop();
            ResetOrder order = order(only.directory());
            only.restart();
            load(only, "b", 5);
            only.stop();

            refused(Reason.CHANGED_SINCE, () -> reset().run(only.directory(), order));

            only.restart();
            assertThat(only.table(NOTES).get("b4")).contains("value 4");
        }
    }

    private static void refused(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }

    /** All are killed; the one that is returned did not lead. */
    private static TestMember lost(TestCluster cluster) {
        TestMember survivor = cluster.anyFollower();
        cluster.members().forEach(TestMember::kill);
        return survivor;
    }

    private static Revision load(TestMember member, String prefix, int count) {
        Table<String, String> notes = member.table(NOTES);
        Revision last = Revision.NONE;
        for (int i = 0; i < count; i++) {
            last = notes.put(prefix + i, "value " + i);
        }
        return last;
    }

    private static void awaitLeading(TestMember member) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.probe().leads());
    }

    private static void awaitLineage(TestMember member, int epochs) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> member.store().cluster().lineage().size() == epochs);
    }
}
