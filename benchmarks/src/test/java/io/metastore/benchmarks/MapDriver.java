package io.metastore.benchmarks;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A system that is nothing but a map: shows what a driver needs at least, and tests the harness without waiting. */
public final class MapDriver implements Driver {
    @Override
    public String name() {
        return "map";
    }

    @Override
    public String guarantees() {
        return "none";
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.LOCAL_READ);
    }

    @Override
    public Cluster open(List<Member> members) {
        ConcurrentMap<String, byte[]> records = new ConcurrentHashMap<>();
        return new Cluster() {
            @Override
            public void put(String key, byte[] value) {
                records.put(key, value);
            }

            @Override
            public byte @Nullable [] readLocal(String key) {
                return records.get(key);
            }

            @Override
            public void close() {}
        };
    }
}
