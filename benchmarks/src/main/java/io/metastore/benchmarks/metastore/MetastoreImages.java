package io.metastore.benchmarks.metastore;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.ApplyCost;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.Together;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The images of members of this library.
 *
 * @param leader the member that leads now
 * @param all those that run now
 * @param stoppedAt last journal entry that the stopped member had applied
 * @param received bytes of images that members have received
 */
record MetastoreImages(
        Supplier<MetaStore> leader, Supplier<List<MetaStore>> all, LongSupplier stoppedAt, LongSupplier received)
        implements Images {

    /** What neither entries nor bytes nor time reach while something is measured. */
    private static final CheckpointPolicy ON_REQUEST = CheckpointPolicy.defaults().toBuilder()
            .entries(1_000_000_000)
            .journalBytes(1L << 40)
            .age(Duration.ofDays(3650))
            .laggardEntries(0)
            .laggardBytes(0)
            .auditEvery(Duration.ZERO)
            .build();

    static CheckpointPolicy policy(ImagePlan plan) {
        return plan == ImagePlan.DEFAULT ? CheckpointPolicy.defaults() : ON_REQUEST;
    }

    @Override
    public void makeAtLeader() {
        leader.get().checkpoints().create();
    }

    @Override
    public void makeEverywhere() throws Exception {
        Together.run(all.get(), store -> store.checkpoints().create());
    }

    @Override
    public void makeInTurn(int turn) {
        List<MetaStore> members = all.get();
        members.get(turn % members.size()).checkpoints().create();
    }

    @Override
    public OptionalDouble applyHeldSeconds() {
        ApplyCost cost = leader.get().checkpoints().status().applyCost();
        return cost == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(cost.held().toNanos() / 1e9);
    }

    @Override
    public boolean journalPurgedPastStopped() {
        return all.get().stream()
                .allMatch(store -> store.checkpoints().status().journalFirst() > stoppedAt.getAsLong() + 1);
    }

    @Override
    public long receivedBytes() {
        return received.getAsLong();
    }

    @Override
    public long newestBytes() {
        return newest().bytes();
    }

    @Override
    public void verifyNewest() {
        leader.get().checkpoints().verify(newest());
    }

    @Override
    public void exportNewest(Path file) {
        leader.get().checkpoints().exportTo(newest(), file);
    }

    @Override
    public Cluster importFrom(Path file, Path directory) {
        return SingleMember.importFrom(file, directory);
    }

    private Image newest() {
        return leader.get().checkpoints().list().get(0);
    }
}
