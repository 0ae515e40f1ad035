package io.metastore.raft;

import io.metastore.api.MetaStore;
import io.metastore.api.spi.MetaStoreProvider;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.assembly.StoreAssembly;
import io.metastore.raft.offline.RecoveryAtOpen;
import io.metastore.snapshot.files.DiskFileLayer;

/** Opens stores on Apache Ratis and RocksDB; found by {@link java.util.ServiceLoader}. Applications use {@link MetaStore#open}. */
public final class RaftMetaStoreProvider implements MetaStoreProvider {

    @Override
    public MetaStore open(OpenSettings settings) {
        RecoveryAtOpen.ifIntended(new DiskFileLayer(), RecoveryAtOpen.Opening.of(settings));
        return StoreAssembly.open(settings);
    }
}
