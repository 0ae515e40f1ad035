package io.metastore.raft;

import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.spi.MetaStoreProvider;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.assembly.StoreAssembly;
import io.metastore.raft.offline.RecoveryAtOpen;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Expectation;

/** Opens stores on Apache Ratis and RocksDB; found by {@link java.util.ServiceLoader}. Applications use {@link MetaStore#open}. */
public final class RaftMetaStoreProvider implements MetaStoreProvider {

    @Override
    public MetaStore open(OpenSettings settings) {
        RecoveryAtOpen.ifIntended(new DiskFileLayer(), settings.directory(), expectation(settings));
        return StoreAssembly.open(settings);
    }

    private static Expectation expectation(OpenSettings settings) {
        MemberAddress self = settings.member();
        return self == null
                ? Expectation.single()
                : Expectation.member(self, ClusterIds.tokenDigest(settings.clusterToken()));
    }
}
