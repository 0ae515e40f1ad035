package io.metastore.test;

import static io.metastore.test.Catalog.DATABASES;
import static io.metastore.test.Catalog.NOTES;
import static io.metastore.test.Catalog.database;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Members that go away and come back. */
@MetaStoreTest(voters = 3, observers = 1)
class FollowerLossTest {

    @Test
    void writesSurviveFollowerLossAndItCatchesUp(TestCluster cluster) {
        cluster.leader().table(DATABASES).put("a", database("a"));
        TestMember lost = cluster.anyFollower().kill();
        Revision r = cluster.leader().table(DATABASES).put("b", database("b"));
        lost.restart();
        cluster.awaitApplied(r);
        cluster.assertConverged();
        assertThat(lost.table(DATABASES).reading(ReadMode.local()).get("b")).contains(database("b"));
    }

    @Test
    void writesGoOnAfterTheLeaderIsKilled(TestCluster cluster) {
        // given
        TestMember leader = cluster.leader();
        leader.table(NOTES).put("before", "1");
        // when
        leader.kill();
        TestMember survivor = cluster.running().get(0);
        survivor.table(NOTES).put("after", "2");
        // then
        assertThat(survivor.table(NOTES).scan(Range.all()).entries())
                .extracting(entry -> entry.key())
                .containsExactly("after", "before");
        leader.restart();
        cluster.assertConverged();
    }

    @Test
    void aWriteOnItsWayToALeaderThatVanishedGoesToTheNextOne(TestCluster cluster) {
        // given
        TestMember leader = cluster.leader();
        TestMember follower = cluster.anyFollower();
        follower.table(NOTES).put("before", "1");
        // when
        leader.isolate();
        long started = System.nanoTime();
        follower.table(NOTES).put("after", "2");
        // then: sooner than the message to the old leader times out, which takes five seconds
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(4500));
        assertThat(cluster.network().fired()).isPositive();
        leader.rejoin();
        cluster.assertConverged();
    }

    @Test
    void everyMemberTakesWritesAndServesLinearizableReads(TestCluster cluster) {
        for (TestMember writer : cluster.members()) {
            writer.table(NOTES).put("by-" + writer.name(), "x");
            for (TestMember reader : cluster.members()) {
                assertThat(reader.table(NOTES).get("by-" + writer.name()))
                        .as("written on %s, read on %s", writer.name(), reader.name())
                        .contains("x");
            }
        }
        cluster.assertConverged();
    }

    @Test
    void allMembersComeBackWithEverythingAfterAllWereKilledAtOnce(TestCluster cluster) {
        // given
        for (int i = 0; i < 500; i++) {
            cluster.members().get(i % 4).table(NOTES).put("k" + i, "v" + i);
        }
        // when
        List<TestMember> all = cluster.members();
        all.forEach(TestMember::kill);
        cluster.restart(all);
        // then
        assertThat(cluster.leader().table(NOTES).count(Range.all())).isEqualTo(500);
        cluster.assertConverged();
    }

    @Test
    void anEmptiedMemberIsRefusedInsteadOfVotingAgain(TestCluster cluster) {
        // given
        cluster.leader().table(NOTES).put("a", "1");
        TestMember victim = cluster.anyFollower().kill().wipe();
        // when
        assertThatThrownBy(victim::restart)
                // then
                .isInstanceOf(DirectoryMismatchException.class)
                .hasMessageContaining(victim.name())
                .hasMessageContaining("incarnation");
        assertThat(victim.isRunning()).isFalse();
        cluster.leader().table(NOTES).put("b", "2");
    }

    @Test
    void aFollowerThatWasCutOffForLongComesBackWithoutAnElection(TestCluster cluster) {
        // given
        TestMember leader = cluster.leader();
        cluster.awaitApplied(leader.table(NOTES).put("a", "1"));
        long term = leader.probe().term();
        TestMember follower = cluster.anyFollower();
        // when
        follower.isolate();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> follower.store().status().state() == StoreState.NO_QUORUM);
        assertThat(cluster.network().fired()).isPositive();
        leader.table(NOTES).put("b", "2");
        follower.rejoin();
        // then
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> follower.store().status().state() == StoreState.SERVING);
        assertThat(follower.table(NOTES).get("b")).contains("2");
        cluster.assertConverged();
        assertThat(cluster.leader()).isSameAs(leader);
        assertThat(cluster.running())
                .allSatisfy(member -> assertThat(member.probe().term()).isEqualTo(term));
    }

    @Test
    void aMemberEmptiedWhileNobodyCouldTellItIsRefusedWhenItMeetsTheOthers(TestCluster cluster) {
        // given
        cluster.leader().table(NOTES).put("a", "1");
        TestMember victim = cluster.anyFollower().kill().wipe();
        victim.isolate();
        // when
        victim.restart();
        MetaStore emptied = victim.store();
        assertThat(emptied.status().state()).isEqualTo(StoreState.FORMING);
        victim.rejoin();
        // then
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> emptied.status().state() == StoreState.FAILED);
        assertThat(emptied.status().reason()).contains("another incarnation");
        assertThat(victim.probe().term()).as("never took part").isEqualTo(-1);
    }
}
