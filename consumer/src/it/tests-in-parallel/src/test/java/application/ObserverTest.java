package application;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.test.MetaStoreTest;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@MetaStoreTest(voters = 3, observers = 1)
class ObserverTest {

    static final TableDef<String, Long> COUNTERS = TableDef.of("counters", Codecs.utf8(), Codecs.int64());

    @Test
    void anObserverThatWasCutOffCatchesUp(TestCluster cluster, MetaStore leader) throws Exception {
        TestMember observer = cluster.observers().get(0);
        leader.table(COUNTERS).put("visits", 1L);
        Meeting.attend();
        observer.isolate();
        Revision revision = leader.table(COUNTERS).put("visits", 2L);
        observer.rejoin();
        cluster.awaitApplied(revision);
        assertEquals(
                Optional.of(2L),
                observer.table(COUNTERS).reading(ReadMode.local()).get("visits"));
        cluster.assertConverged();
    }

    @Test
    void anObserverThatWasKilledCatchesUp(TestCluster cluster, MetaStore leader) throws Exception {
        TestMember observer = cluster.observers().get(0);
        leader.table(COUNTERS).put("visits", 1L);
        Meeting.attend();
        observer.kill();
        Revision revision = leader.table(COUNTERS).put("visits", 2L);
        observer.restart();
        cluster.awaitApplied(revision);
        assertEquals(
                Optional.of(2L),
                observer.table(COUNTERS).reading(ReadMode.local()).get("visits"));
        cluster.assertConverged();
    }
}
