package io.metastore.raft.internal.node;

final class InJvmImageFetchTest extends ImageFetchContract {
    @Override
    ImageCluster.Network network() {
        return ImageCluster.Network.IN_JVM;
    }
}
