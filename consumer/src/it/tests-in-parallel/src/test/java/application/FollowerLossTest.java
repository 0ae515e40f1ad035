package application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.test.MetaStoreTest;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@MetaStoreTest(voters = 3)
class FollowerLossTest {

    record Database(long id, String owner) {}

    static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));

    @Test
    void writesSurviveTheLossOfAFollowerAndItCatchesUp(TestCluster cluster) throws Exception {
        cluster.leader().table(DATABASES).put("sales", new Database(1, "ann"));
        Meeting.attend();
        TestMember lost = cluster.anyFollower().kill();
        Revision revision = cluster.leader().table(DATABASES).put("staff", new Database(2, "bob"));
        lost.restart();
        cluster.awaitApplied(revision);
        assertEquals(
                Optional.of(new Database(2, "bob")),
                lost.table(DATABASES).reading(ReadMode.local()).get("staff"));
        cluster.assertConverged();
    }

    @Test
    void withoutBothFollowersNothingIsReadUntilTheyAreBack(TestCluster cluster, MetaStore leader) throws Exception {
        leader.table(DATABASES).put("sales", new Database(1, "ann"));
        Meeting.attend();
        List<TestMember> lost = cluster.followers();
        lost.forEach(TestMember::kill);
        assertThrows(
                MetastoreException.class,
                () -> leader.withTimeout(Duration.ofSeconds(2)).table(DATABASES).get("sales"));
        cluster.restart(lost);
        cluster.leader().table(DATABASES).put("sales", new Database(1, "bob"));
        cluster.assertConverged();
    }
}
