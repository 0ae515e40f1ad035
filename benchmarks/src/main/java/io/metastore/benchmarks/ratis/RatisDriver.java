package io.metastore.benchmarks.ratis;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers plain Ratis as {@code ratis}. */
public final class RatisDriver implements Driver {
    @Override
    public String name() {
        return "ratis";
    }

    @Override
    public String guarantees() {
        return "write: log forced by a majority before the reply (no async or unsafe flush);"
                + " strong read: LINEARIZABLE option, can be stale on an isolated leader; image: none, reopening replays the log";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.STRONG_READ, Capability.LOCAL_READ, Capability.LEADER_STOP);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return RatisCluster.open(members);
    }
}
