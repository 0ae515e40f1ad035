package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Health;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build that meets a journal entry it does not understand stops there and says so; the build that does goes on. */
class UnknownCommandInJournalTest {

    private static final CommandType<String, String> NEWER =
            CommandType.of("newer", Codecs.utf8(), Codecs.utf8(), (context, key) -> {
                context.in(NOTES).put(key, "by command");
                return key;
            });

    @Test
    void aSingleMemberHaltsCanBeInspectedAndGoesOnWithTheBuildThatKnowsTheCommand(@TempDir Path directory) {
        // given
        MetaStore newer = MetaStore.builder(directory).commands(NEWER).open();
        newer.table(NOTES).put("before", "1");
        newer.close();
        newer = MetaStore.builder(directory).commands(NEWER).open();
        newer.execute(NEWER, "k");
        Revision last = newer.table(NOTES).put("after", "2");
        MemberProbe probe = MemberProbe.of(newer);
        MemberProbe.kill(newer); // Not flushed: the command is in the journal only.
        for (int round = 0; round < 2; round++) {
            // when
            try (MetaStore older = MetaStore.open(directory)) {
                // then
                Awaitility.await().until(() -> older.status().state() == StoreState.HALTED);
                assertThat(older.status().reason()).contains("newer");
                assertThat(older.status().toTable()).contains("HALTED");
                Health health = older.health();
                assertThat(health.live()).isFalse();
                assertThat(health.ready()).isFalse();
                assertThat(health.findings()).extracting(Health.Finding::code).contains("HALTED");
                canBeReadButNotWritten(older, last);
            }
        }
        try (MetaStore again = MetaStore.builder(directory).commands(NEWER).open()) {
            assertThat(again.table(NOTES).get("k")).contains("by command");
            assertThat(again.table(NOTES).get("after")).contains("2");
            assertThat(MemberProbe.of(again).fingerprint()).isEqualTo(probe.fingerprint());
            again.table(NOTES).put("goes on", "3");
        }
    }

    private static void canBeReadButNotWritten(MetaStore halted, Revision later) {
        Table<String, String> local = halted.table(NOTES).reading(ReadMode.local());
        assertThat(local.get("before")).contains("1");
        assertThat(local.count(Range.all())).isEqualTo(1);
        long entries = halted.read(ReadMode.local(), snapshot -> snapshot.in(NOTES).stream(Range.all())
                .count());
        assertThat(entries).isEqualTo(1);
        long started = System.nanoTime();
        assertThatThrownBy(() -> halted.table(NOTES).put("k", "v")).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> halted.apply(Batch.of(Op.remove(NOTES, "before"))))
                .isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> halted.update(tx -> {})).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> halted.table(NOTES).get("before")).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> halted.ids("n").next()).isInstanceOf(StoreFailedException.class);
        assertThatThrownBy(() -> halted.awaitRevision(later, Duration.ofSeconds(30)))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("newer");
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .as("nothing waits for a member that has stopped")
                .isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aMemberWithoutTheCommandHaltsAloneAndCatchesUpWithTheBuildThatKnowsIt() {
        AtomicBoolean older = new AtomicBoolean();
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .configure(builder -> older.get() ? builder : builder.commands(NEWER))
                .start()) {
            // given
            cluster.leader().table(NOTES).put("before", "1");
            TestMember behind = cluster.anyFollower().stop();
            older.set(true);
            behind.restart();
            older.set(false);
            // when
            cluster.leader().store().execute(NEWER, "k");
            // then
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> behind.store().status().state() == StoreState.HALTED);
            assertThat(behind.store().table(NOTES).reading(ReadMode.local()).get("before"))
                    .contains("1");
            assertThatThrownBy(() -> behind.table(NOTES).put("x", "y")).isInstanceOf(StoreFailedException.class);
            cluster.leader().table(NOTES).put("the others", "go on");
            // and when
            behind.stop().restart();
            // then
            cluster.awaitApplied(cluster.leader().store().revision());
            cluster.assertConverged();
            assertThat(behind.table(NOTES).reading(ReadMode.local()).get("k")).contains("by command");
        }
    }
}
