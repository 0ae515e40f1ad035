package io.metastore.benchmarks.metastore;

import io.metastore.benchmarks.Capability;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Driver;
import io.metastore.benchmarks.Member;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Registers the disk by itself as {@code fsync}: what one member can at best be held against. */
public final class FsyncDriver implements Driver {
    @Override
    public String name() {
        return "fsync";
    }

    @Override
    public String guarantees() {
        return "512 bytes appended to a file and forced, one after the other; nothing can be read";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.noneOf(Capability.class);
    }

    @Override
    public Cluster open(List<Member> members) throws Exception {
        return new AppendedFile(members.get(0));
    }
}
