package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers this library with each member in a JVM of its own as {@code metastore-processes}. */
public final class MetastoreProcessesDriver implements Driver {
    @Override
    public String name() {
        return "metastore-processes";
    }

    @Override
    public String guarantees() {
        return "three processes, gRPC on loopback, callers in the leader's; write: journal forced by a majority before the call returns;"
                + " strong read: leadership confirmed by a majority per barrier, on the leader; default settings,"
                + " except that the two others wait 2.5–2.9 s before they stand for election, so that the first leads; cpu and memory of all three";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.STRONG_READ,
                Capability.LOCAL_READ,
                Capability.TRANSACTIONS,
                Capability.IMAGES,
                Capability.SHIPPING,
                Capability.WIPE);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return open(members, ImagePlan.DEFAULT);
    }

    @Override
    public Cluster open(List<Member> members, ImagePlan plan) throws Exception {
        return MemberProcesses.open(members, plan);
    }
}
