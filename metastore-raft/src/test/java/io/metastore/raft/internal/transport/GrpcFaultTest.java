package io.metastore.raft.internal.transport;

class GrpcFaultTest extends FaultContract {
    @Override
    TestMembers members() {
        return new GrpcMembers();
    }
}
