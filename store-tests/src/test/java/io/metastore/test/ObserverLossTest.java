package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.api.UnavailableException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An observer that goes away alone: nobody misses it, it answers nothing it cannot vouch for, and it catches up. */
@MetaStoreTest(voters = 3, observers = 1)
class ObserverLossTest {

    private static final int MISSED = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Writes without the observer; its absence costs no election. */
    private static Revision writeMeanwhile(TestCluster cluster) {
        TestMember leader = cluster.leader();
        Revision last = Revision.NONE;
        for (int i = 0; i < MISSED; i++) {
            last = leader.table(NOTES).put("k" + i, "v" + i);
        }
        return last;
    }

    private static void assertCaughtUp(TestCluster cluster, TestMember observer, Revision last, long term) {
        cluster.awaitApplied(last);
        assertThat(observer.table(NOTES).reading(ReadMode.local()).count(Range.prefix("k")))
                .isEqualTo(MISSED);
        assertThat(cluster.leader().probe().term()).as("no election").isEqualTo(term);
        cluster.assertConverged();
    }

    @Test
    void anObserverThatDiedCatchesUpWhenItIsBack(TestCluster cluster) {
        TestMember observer = cluster.observers().get(0);
        cluster.awaitApplied(observer.table(NOTES).put("a", "1"));
        long term = cluster.leader().probe().term();
        observer.kill();
        Revision last = writeMeanwhile(cluster);
        observer.restart();
        assertCaughtUp(cluster, observer, last, term);
    }

    @Test
    void anObserverThatIsCutOffRefusesLinearizableReadsShowsWhatItHasAndCatchesUp(TestCluster cluster) {
        // given
        TestMember observer = cluster.observers().get(0);
        cluster.awaitApplied(observer.table(NOTES).put("a", "1"));
        long term = cluster.leader().probe().term();
        // when
        observer.isolate();
        cluster.leader().table(NOTES).put("a", "2");
        Revision last = writeMeanwhile(cluster);
        // then
        Table<String, String> table =
                observer.store().withTimeout(Duration.ofMillis(300)).table(NOTES);
        assertThatThrownBy(() -> table.get("a")).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> table.reading(ReadMode.maxLag(Duration.ZERO)).get("a"))
                .isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> table.reading(ReadMode.atLeast(last)).get("a"))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(table.reading(ReadMode.local()).get("a")).contains("1");
        assertThat(cluster.network().fired()).isPositive();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> observer.store().status().state() == StoreState.NO_QUORUM);
        // and when
        observer.rejoin();
        // then: by itself
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> observer.store().status().state() == StoreState.SERVING);
        assertThat(observer.store().withTimeout(PATIENCE).table(NOTES).get("a")).contains("2");
        assertCaughtUp(cluster, observer, last, term);
    }

    /** It sends and is heard, and hears nothing. */
    @Test
    void anObserverThatHearsNothingRefusesLinearizableReadsToo(TestCluster cluster) {
        TestMember observer = cluster.observers().get(0);
        cluster.awaitApplied(observer.table(NOTES).put("a", "1"));
        long term = cluster.leader().probe().term();
        for (TestMember voter : cluster.members().subList(0, 3)) {
            cluster.network().cutOneWay(voter.address(), observer.address());
        }
        cluster.leader().table(NOTES).put("a", "2");
        Revision last = writeMeanwhile(cluster);
        Table<String, String> table =
                observer.store().withTimeout(Duration.ofMillis(300)).table(NOTES);
        assertThatThrownBy(() -> table.get("a")).isInstanceOf(UnavailableException.class);
        assertThat(table.reading(ReadMode.local()).get("a")).contains("1");
        assertThat(cluster.network().struck()).containsKeys("REQUEST_CUT", "REPLY_CUT");
        cluster.heal();
        assertCaughtUp(cluster, observer, last, term);
    }
}
