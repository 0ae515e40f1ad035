package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers one port-less member of this library as {@code metastore-single}. */
public final class MetastoreSingleDriver implements Driver {
    @Override
    public String name() {
        return "metastore-single";
    }

    @Override
    public String guarantees() {
        return "one member, no socket; write: journal forced before the call returns";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.STRONG_READ,
                Capability.LOCAL_READ,
                Capability.TRANSACTIONS,
                Capability.IMAGES,
                Capability.CRASH,
                Capability.ARCHIVE);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return open(members, ImagePlan.DEFAULT);
    }

    @Override
    public Cluster open(List<Member> members, ImagePlan plan) throws Exception {
        return SingleMember.open(members.get(0), plan);
    }
}
