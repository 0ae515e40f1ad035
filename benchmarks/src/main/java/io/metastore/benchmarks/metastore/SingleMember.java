package io.metastore.benchmarks.metastore;

import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One member without a socket, as {@link MetaStore#open} gives it. */
final class SingleMember implements Cluster {

    private final OpenMember member;

    private SingleMember(OpenMember member) {
        this.member = member;
    }

    static SingleMember open(Member member) {
        return new SingleMember(OpenMember.of(MetaStore.open(member.directory().resolve("meta"))));
    }

    @Override
    public void put(String key, byte[] value) {
        member.put(key, value);
    }

    @Override
    public byte @Nullable [] readStrong(String key) {
        return member.readStrong(key);
    }

    @Override
    public byte @Nullable [] readLocal(String key) {
        return member.readLocal(key);
    }

    @Override
    public void transact(List<String> reads, List<String> writes, byte[] value) {
        member.transact(reads, writes, value);
    }

    @Override
    public void close() {
        member.store().close();
    }
}
