package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Health;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that is not what the journal makes of an empty one is found, wherever it comes from. */
class DivergedMemberTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A handler that is not deterministic: what it writes depends on who runs it. */
    private static CommandType<String, String> wrongAt(String member, AtomicBoolean wrong) {
        return CommandType.of("mark", Codecs.utf8(), Codecs.utf8(), (context, argument) -> {
            boolean here = Thread.currentThread().getName().startsWith(member + "@") && wrong.get();
            context.in(NOTES).put("mark", here ? "wrong" : argument);
            return argument;
        });
    }

    @Test
    void aMemberWhoseStateDiffersStopsServingAndStartsAnewFromTheOthers() {
        AtomicBoolean wrong = new AtomicBoolean(true);
        CommandType<String, String> mark = wrongAt("fe2", wrong);
        try (TestCluster cluster = TestCluster.builder()
                .patience(PATIENCE)
                .configure(builder -> builder.commands(mark))
                .start()) {
            TestMember bad = cluster.member("fe2");
            // given: a state that differs from now on, an image of it, and one of each of the others
            cluster.leader().store().execute(mark, "right");
            cluster.awaitApplied(cluster.leader().table(NOTES).put("k", "v"));
            cluster.running().forEach(member -> member.store().checkpoints().create());
            TestMember leader = cluster.leader();
            // when: so much is written that the members compare
            Thread writer = new Thread(() -> write(leader), "writer");
            writer.start();
            // then
            Awaitility.await().atMost(PATIENCE).until(() -> bad.store().health().findings().stream()
                    .anyMatch(finding -> finding.code().equals("FAILED")));
            join(writer);
            assertThat(bad.store().health().live()).isFalse();
            assertThat(codes(bad.store().health())).contains("DIVERGED");
            assertThatThrownBy(() -> bad.table(NOTES).reading(ReadMode.local()).get("k"))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("differs");
            // When it led it gives that up a moment after it has stopped.
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !cluster.leader().name().equals("fe2"));
            // and it comes back with the state of the others
            wrong.set(false);
            bad.stop().restart();
            cluster.awaitApplied(cluster.leader().table(NOTES).put("more", "v"));
            cluster.assertConverged();
            assertThat(bad.table(NOTES).get("mark")).contains("right");
        }
    }

    private static void write(TestMember leader) {
        for (int i = 0; i < 2500; i++) {
            try {
                leader.table(NOTES).put("k" + i % 10, "" + i);
            } catch (RuntimeException e) {
                return; // It was the one that stopped.
            }
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

    private static List<String> codes(Health health) {
        return health.findings().stream().map(Health.Finding::code).toList();
    }

    @Test
    void anAuditNamesTheFirstKeyThatDiffersAndRaisesAnAlarm(@TempDir Path temporary) {
        AtomicBoolean wrong = new AtomicBoolean(true);
        CommandType<String, String> mark = wrongAt("single", wrong);
        try (MetaStore store =
                MetaStore.builder(temporary.resolve("store")).commands(mark).open()) {
            store.table(NOTES).put("a", "1");
            store.checkpoints().create();
            store.execute(mark, "right");
            long index = store.revision().position().index();
            store.table(NOTES).put("z", "2");
            wrong.set(false); // A replay now comes to another state, as it would after a restart.
            Audited audited = store.checkpoints().audit();
            assertThat(audited.agrees()).isFalse();
            assertThat(audited.difference())
                    .contains("table=notes")
                    .contains("key='mark'")
                    .endsWith("index=" + index);
            assertThat(codes(store.health())).contains("AUDIT_DISAGREES");
            assertThat(store.status().state()).as("it goes on").isEqualTo(StoreState.SERVING);
        }
    }
}
