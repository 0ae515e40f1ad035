package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import io.metastore.raft.SimulatedNetwork;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers this library, two voters and an observer that serves the strong reads, as {@code metastore-observer}. */
public final class MetastoreObserverDriver implements Driver {
    @Override
    public String name() {
        return "metastore-observer";
    }

    @Override
    public String guarantees() {
        return "two voters and an observer; write: journal forced by a majority before the call returns; strong read: leadership confirmed by a majority per barrier, served by the observer";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.STRONG_READ, Capability.LOCAL_READ, Capability.TRANSACTIONS);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return MetastoreCluster.open(
                members, new SimulatedNetwork(1), MetastoreCluster.Readers.OBSERVER, ImagePlan.DEFAULT);
    }
}
