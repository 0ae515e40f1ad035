package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers this library over gRPC on loopback as {@code metastore-grpc}. */
public final class MetastoreGrpcDriver implements Driver {
    @Override
    public String name() {
        return "metastore-grpc";
    }

    @Override
    public String guarantees() {
        return "write: journal forced by a majority before the call returns; strong read: leadership confirmed by a majority per barrier, on the leader; gRPC on loopback";
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
        return MetastoreCluster.open(members, null, MetastoreCluster.Readers.LEADER, plan);
    }
}
