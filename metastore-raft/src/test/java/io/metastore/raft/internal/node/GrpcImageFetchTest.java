package io.metastore.raft.internal.node;

final class GrpcImageFetchTest extends ImageFetchContract {
    @Override
    ImageCluster.Network network() {
        return ImageCluster.Network.GRPC;
    }
}
