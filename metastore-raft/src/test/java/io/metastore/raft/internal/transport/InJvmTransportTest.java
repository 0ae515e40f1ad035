package io.metastore.raft.internal.transport;

class InJvmTransportTest extends TransportContract {
    @Override
    TestMembers members() {
        return new InJvmMembers();
    }
}
