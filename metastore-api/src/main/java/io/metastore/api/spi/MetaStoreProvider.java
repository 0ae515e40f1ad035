package io.metastore.api.spi;

import io.metastore.api.MetaStore;

/** Opens stores; found by {@link java.util.ServiceLoader}. The module metastore-raft brings the one implementation. */
@FunctionalInterface
public interface MetaStoreProvider {

    /**
     * Opens or creates the store that the settings describe.
     *
     * @throws io.metastore.api.MetastoreException typed; nothing is left open and no file was changed when the directory was refused
     */
    MetaStore open(OpenSettings settings);
}
