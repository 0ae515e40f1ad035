package io.metastore.benchmarks.je;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers Berkeley DB JE HA as {@code je}. */
public final class JeDriver implements Driver {
    @Override
    public String name() {
        return "je";
    }

    @Override
    public String guarantees() {
        return "write: SYNC on master and replica, acknowledged by a simple majority;"
                + " strong read: at the master, which does not ask a quorum; image: a checkpoint of the tree, the log is the database";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.STRONG_READ,
                Capability.LOCAL_READ,
                Capability.LEADER_STOP,
                Capability.IMAGES,
                Capability.CRASH);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return open(members, ImagePlan.DEFAULT);
    }

    @Override
    public Cluster open(List<Member> members, ImagePlan plan) throws Exception {
        return JeCluster.open(members, plan);
    }
}
