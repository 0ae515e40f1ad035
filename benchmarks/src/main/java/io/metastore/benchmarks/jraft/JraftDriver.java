package io.metastore.benchmarks.jraft;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers SOFAJRaft as {@code jraft}. */
public final class JraftDriver implements Driver {
    @Override
    public String name() {
        return "jraft";
    }

    @Override
    public String guarantees() {
        return "write: RocksDB log with sync=true forced by a majority before the reply;"
                + " strong read: ReadIndex with a round of heartbeats;"
                + " image: the hash map in a file, on request only, else reopening replays the log;"
                + " a stopped leader hands over first";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.STRONG_READ,
                Capability.LOCAL_READ,
                Capability.LEADER_STOP,
                Capability.IMAGES,
                Capability.CRASH,
                Capability.SHIPPING,
                Capability.WIPE);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return open(members, ImagePlan.DEFAULT);
    }

    @Override
    public Cluster open(List<Member> members, ImagePlan plan) throws Exception {
        return JraftCluster.open(members, plan);
    }
}
