package io.metastore.benchmarks.metastore;

import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.Member;
import io.metastore.raft.MemberProbe;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One member without a socket, as {@link MetaStore#open} gives it. */
final class SingleMember implements Cluster {

    private final OpenMember member;

    private SingleMember(OpenMember member) {
        this.member = member;
    }

    static SingleMember open(Member member, ImagePlan plan) {
        return open(MetaStore.builder(member.directory().resolve("meta")).checkpoints(MetastoreImages.policy(plan)));
    }

    /** A new store with the records of an exported image. */
    static SingleMember importFrom(Path file, Path directory) {
        return open(MetaStore.builder(directory.resolve("meta")).importFrom(file));
    }

    private static SingleMember open(MetaStore.Builder builder) {
        MetaStore store = builder.open();
        try {
            return new SingleMember(OpenMember.of(store));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
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
    public Images images() {
        return new MetastoreImages(member::store, () -> List.of(member.store()), () -> -1, () -> 0);
    }

    @Override
    public void crash() {
        MemberProbe.kill(member.store());
    }

    @Override
    public void close() {
        member.store().close();
    }
}
