package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a member shows to local readers after a crash while it is alone: what its journal proves to be committed, and no more. */
class CrashRestartTest {

    private static final int VALUES = 100;

    @Test
    void aMemberThatIsBackAloneShowsAllAcknowledgedWritesButTheLastAtOnce() {
        try (TestCluster cluster = TestCluster.builder().voters(3).observers(1).start()) {
            // given: one entry each, as nobody else writes
            Revision last = cluster.leader().table(NOTES).put(key(0), "v0");
            reopen(cluster);
            for (int i = 1; i < VALUES; i++) {
                last = cluster.leader().table(NOTES).put(key(i), "v" + i);
            }
            cluster.awaitApplied(last);
            // when
            List<TestMember> all = cluster.members();
            all.forEach(TestMember::kill);
            for (TestMember member : all) {
                member.restart();
                // then: no waiting, there is nobody to wait for
                Table<String, String> local = member.table(NOTES).reading(ReadMode.local());
                for (int i = 0; i < VALUES - 1; i++) {
                    assertThat(local.get(key(i))).as("%s on %s", key(i), member).contains("v" + i);
                }
                assertThat(local.count(Range.all())).isBetween(VALUES - 1L, (long) VALUES);
                member.kill();
            }
            cluster.restart(all);
            assertThat(cluster.leader().table(NOTES).count(Range.all())).isEqualTo(VALUES);
            cluster.assertConverged();
        }
    }

    @Test
    void whatWasNeverCommittedIsNotShownThoughItStandsInTheJournal() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            cluster.leader().table(NOTES).put("a", "1");
            reopen(cluster);
            TestMember leader = cluster.leader();
            leader.table(NOTES).put("b", "2");
            long committed = leader.probe().position().index();
            // when
            leader.isolate();
            OutcomeUnknownException unknown = catchThrowableOfType(OutcomeUnknownException.class, () -> leader.store()
                    .withTimeout(Duration.ofMillis(100))
                    .table(NOTES)
                    .put("c", "3"));
            assertThat(unknown).as("it is in the journal of the leader").isNotNull();
            cluster.members().forEach(TestMember::kill);
            leader.restart();
            // then: the entry that is not committed proves that all before it are
            Table<String, String> local = leader.table(NOTES).reading(ReadMode.local());
            assertThat(local.get("a")).contains("1");
            assertThat(local.get("b")).contains("2");
            assertThat(local.get("c")).isEmpty();
            assertThat(leader.probe().position().index()).isGreaterThanOrEqualTo(committed);
        }
    }

    /** In good order, so that the states have on disk what was written until now: the first value, and that the table exists. */
    private static void reopen(TestCluster cluster) {
        cluster.members().forEach(TestMember::stop);
        cluster.restart(cluster.members());
    }

    private static String key(int i) {
        return "k%03d".formatted(i);
    }
}
