package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two of three have journals whose last entries are damaged. They would be a majority, and must not be one. */
class DamagedMajorityTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void twoWithDamagedTailsTakeNoPartUntilTheyAreRepairedFromTheSoundOne() throws IOException {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).patience(PATIENCE).start()) {
            cluster.awaitApplied(load(cluster.leader(), 0, 20));
            TestMember sound = cluster.member("fe3");
            List<TestMember> damaged = List.of(cluster.member("fe1"), cluster.member("fe2"));
            cluster.members().forEach(TestMember::kill);
            for (TestMember member : damaged) {
                flipLastEntry(member.directory());
            }
            Map<String, Integer> before = photo(cluster.root());

            for (int round = 0; round < 2; round++) {
                for (TestMember member : damaged) {
                    assertThat(catchThrowable(member::restart))
                            .as("%s", member)
                            .isInstanceOf(MetastoreException.class)
                            .hasMessageContaining(member.directory().toString());
                }
            }
            assertThat(photo(cluster.root())).isEqualTo(before);
            sound.restart();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> sound.store().status().state() == StoreState.NO_QUORUM);
            assertThat(sound.probe().leads()).isFalse();

            // when: it goes on alone, with everything, and the others come back to it
            RecoveryPlan plan = Recovery.of(
                            Source.store(sound.store()).labelled("fe3"),
                            Source.directory(damaged.get(0).directory()).labelled("fe1"),
                            Source.directory(damaged.get(1).directory()).labelled("fe2"))
                    .survey()
                    .plan();
            assertThat(plan.target().directory()).as("%s", plan).isEqualTo(sound.directory());
            assertThat(plan.verdict().kind()).as("%s", plan).isNotEqualTo(Verdict.Kind.UNBOUNDED);
            plan.apply(Consent.to(plan));
            Revision later = load(sound, 20, 25);
            damaged.get(0).joining(MetaStore.Builder::rejoin).restart();
            damaged.get(1).wipe().joining(builder -> builder).restart();

            for (TestMember member : damaged) {
                awaitValue(member, "k24");
                for (int i = 0; i < 25; i++) {
                    assertThat(member.table(NOTES).reading(ReadMode.local()).get("k" + i))
                            .contains("value " + i);
                }
            }
            assertThat(later.epoch()).isEqualTo(2);
            cluster.assertConverged();
        }
    }

    private static Revision load(TestMember member, int from, int to) {
        Revision last = Revision.NONE;
        for (int i = from; i < to; i++) {
            last = member.table(NOTES).put("k" + i, "value " + i);
        }
        return last;
    }

    private static void flipLastEntry(Path directory) throws IOException {
        List<JournalPlace> places = JournalInspector.places(directory);
        SegmentScan last = JournalScanner.scan(places.get(places.size() - 1).directory()).segments().stream()
                .filter(segment -> segment.entries() > 0)
                .reduce((before, after) -> after)
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(last.path());
        bytes[(int) last.readableBytes() - 6] ^= 1; // Before its checksum.
        Files.write(last.path(), bytes);
    }

    /** Without the state, which RocksDB writes to when it is opened. */
    private static Map<String, Integer> photo(Path root) throws IOException {
        Map<String, Integer> photo = new TreeMap<>(Trees.photo(root));
        photo.keySet().removeIf(name -> name.contains("/state"));
        return photo;
    }

    private static void awaitValue(TestMember member, String key) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(MetastoreException.class)
                .until(() ->
                        member.table(NOTES).reading(ReadMode.local()).get(key).isPresent());
    }
}
