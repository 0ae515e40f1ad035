package io.metastore.raft.internal.store;

import io.metastore.api.Cluster;
import io.metastore.api.Elections;
import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.MemberStatus;
import io.metastore.api.Operation;
import io.metastore.api.PendingOperation;
import io.metastore.api.Revision;
import io.metastore.raft.internal.node.CurrentNode;
import java.util.List;
import java.util.Optional;

/** The membership as whichever node the store has now sees it. */
record CurrentCluster(CurrentNode current) implements Cluster {

    @Override
    public List<MemberStatus> members() {
        return current.get().cluster().members();
    }

    @Override
    public int failureTolerance() {
        return current.get().cluster().failureTolerance();
    }

    @Override
    public PendingOperation addVoter(String name, String address) {
        return current.get().cluster().addVoter(name, address);
    }

    @Override
    public PendingOperation addObserver(String name, String address) {
        return current.get().cluster().addObserver(name, address);
    }

    @Override
    public PendingOperation promote(String name) {
        return current.get().cluster().promote(name);
    }

    @Override
    public PendingOperation demote(String name) {
        return current.get().cluster().demote(name);
    }

    @Override
    public PendingOperation remove(String name) {
        return current.get().cluster().remove(name);
    }

    @Override
    public PendingOperation forceRemove(String name) {
        return current.get().cluster().forceRemove(name);
    }

    @Override
    public PendingOperation replace(String name) {
        return current.get().cluster().replace(name);
    }

    @Override
    public PendingOperation transferLeadership(String name) {
        return current.get().cluster().transferLeadership(name);
    }

    @Override
    public PendingOperation stepDown() {
        return current.get().cluster().stepDown();
    }

    @Override
    public PendingOperation leave() {
        return current.get().cluster().leave();
    }

    @Override
    public PendingOperation changeAddress(String address) {
        return current.get().cluster().changeAddress(address);
    }

    @Override
    public Elections elections() {
        return new CurrentElections(current);
    }

    @Override
    public List<Operation> operations() {
        return current.get().cluster().operations();
    }

    @Override
    public List<EpochBeginning> lineage() {
        return current.get().cluster().lineage();
    }

    @Override
    public Fate fateOf(Revision receipt) {
        return current.get().cluster().fateOf(receipt);
    }

    @Override
    public Optional<Operation> operation(long id) {
        return current.get().cluster().operation(id);
    }

    @Override
    public void cancel(long id) {
        current.get().cluster().cancel(id);
    }
}
