package io.metastore.raft.internal.transport;

class GrpcTransportTest extends TransportContract {
    @Override
    TestMembers members() {
        return new GrpcMembers();
    }
}
