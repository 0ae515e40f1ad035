package io.metastore.raft.internal.transport;

class InJvmFaultTest extends FaultContract {
    @Override
    TestMembers members() {
        return new InJvmMembers();
    }
}
