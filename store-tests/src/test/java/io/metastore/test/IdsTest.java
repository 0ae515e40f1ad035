package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.metastore.api.Committed;
import io.metastore.api.Fate;
import io.metastore.api.Ids;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.raft.MemberProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Numbers that are handed out once. */
class IdsTest extends OneMember {

    @Test
    void aSequenceBeginsAtOneAndBlocksAreWithoutGaps() {
        Ids ids = store.ids("orders");
        assertThat(ids.next()).isEqualTo(1);
        assertThat(ids.nextBlock(100)).isEqualTo(2);
        assertThat(ids.next()).isEqualTo(102);
        assertThat(store.ids("orders").next()).isEqualTo(103);
        assertThat(store.ids("others").next()).isEqualTo(1);
    }

    @Test
    void aBlockHasAReceipt() {
        Revision before = store.revision();
        Committed<Long> block = store.ids("orders").nextBlockCommitted(5);
        assertThat(block.value()).isEqualTo(1);
        assertThat(store.ids("orders").next()).isEqualTo(6);
        assertThat(block.revision().position()).isGreaterThan(before.position());
        assertThat(block.revision().epoch()).isEqualTo(1);
        assertThat(store.cluster().fateOf(block.revision()).kind()).isEqualTo(Fate.Kind.KEPT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.ids("orders").nextBlockCommitted(0));
    }

    @Test
    void noNumberIsHandedOutTwiceToManyThreads() {
        int threads = 8;
        Set<Long> given = ConcurrentHashMap.newKeySet();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                done.add(CompletableFuture.runAsync(() -> draw(store.ids("shared"), given), pool));
            }
            done.forEach(OneMember::result);
        } finally {
            pool.shutdownNow();
        }
        assertThat(given).hasSize(threads * 550);
    }

    /** 50 numbers and 50 blocks of ten. */
    private static void draw(Ids ids, Set<Long> given) {
        for (int i = 0; i < 50; i++) {
            assertThat(given.add(ids.next())).as("new number").isTrue();
            long first = ids.nextBlock(10);
            for (long id = first; id < first + 10; id++) {
                assertThat(given.add(id)).as("new number %d", id).isTrue();
            }
        }
    }

    @Test
    void numbersGoOnAfterAReopeningAndAfterAKill() {
        long last = store.ids("orders").nextBlock(10) + 9;
        reopen();
        assertThat(store.ids("orders").next()).isGreaterThan(last);
        last = store.ids("orders").next();
        MemberProbe.kill(store);
        store = MetaStore.open(directory);
        assertThat(store.ids("orders").next()).isGreaterThan(last);
    }

    @Test
    void membersOfAClusterDrawFromOneSequence() {
        try (TestCluster cluster = TestCluster.start(3)) {
            Set<Long> given = ConcurrentHashMap.newKeySet();
            for (int i = 0; i < 30; i++) {
                TestMember member = cluster.members().get(i % 3);
                assertThat(given.add(member.store().ids("shared").next())).isTrue();
            }
            cluster.leader().kill();
            assertThat(given.add(cluster.running().get(0).store().ids("shared").next()))
                    .as("after the leader's death")
                    .isTrue();
        }
    }

    @Test
    void countsAndNamesThatMakeNoSenseAreMistakesOfTheCaller() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.ids("orders").nextBlock(0))
                .withMessageContaining("count=0");
        for (String name : List.of("", "a b", "x".repeat(129))) {
            assertThatIllegalArgumentException().isThrownBy(() -> store.ids(name));
        }
        assertThat(store.ids("orders").next()).isEqualTo(1);
    }
}
