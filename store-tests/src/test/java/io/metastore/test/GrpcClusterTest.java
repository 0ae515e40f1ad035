package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.AddressInUseException;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same over sockets. */
@MetaStoreTest(voters = 3, observers = 1, links = MetaStoreTest.Links.GRPC)
class GrpcClusterTest {

    @Test
    void writesReadsFailoverAndRestartWorkOverGrpc(TestCluster cluster) {
        for (TestMember member : cluster.members()) {
            member.table(NOTES).put("by-" + member.name(), "x");
        }
        for (TestMember member : cluster.members()) {
            assertThat(member.table(NOTES).count(Range.all())).isEqualTo(4);
        }
        TestMember leader = cluster.leader().kill();
        TestMember survivor = cluster.running().get(0);
        survivor.table(NOTES).put("after", "y");
        leader.restart();
        cluster.awaitApplied(survivor.store().revision());
        cluster.assertConverged();
    }

    @Test
    void aBusyPortIsATypedErrorAndLeavesNothingBehind(TestCluster cluster, @TempDir Path directory) {
        String taken = cluster.leader().address();
        assertThatThrownBy(() -> MetaStore.builder(directory.resolve("m"))
                        .member("other", taken)
                        .bootstrap("other=" + taken)
                        .open())
                .isInstanceOf(AddressInUseException.class)
                .hasMessageContaining(taken);
        assertThat(directory.resolve("m").resolve("VERSION")).doesNotExist();
    }
}
