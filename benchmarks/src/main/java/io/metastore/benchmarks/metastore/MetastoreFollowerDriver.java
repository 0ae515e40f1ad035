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

/** Registers this library with its strong reads on a follower as {@code metastore-follower}. */
public final class MetastoreFollowerDriver implements Driver {
    @Override
    public String name() {
        return "metastore-follower";
    }

    @Override
    public String guarantees() {
        return "write: journal forced by a majority before the call returns; strong read: leadership confirmed by a majority per barrier, served by a follower";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return open(members, ImagePlan.DEFAULT);
    }

    @Override
    public Cluster open(List<Member> members, ImagePlan plan) throws Exception {
        return MetastoreCluster.open(members, new SimulatedNetwork(1), MetastoreCluster.Readers.FOLLOWER, plan);
    }
}
