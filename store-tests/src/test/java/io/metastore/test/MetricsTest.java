package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.CasResult;
import io.metastore.api.CheckpointStatus.ApplyCost;
import io.metastore.api.Codecs;
import io.metastore.api.CommandFailedException;
import io.metastore.api.CommandType;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.OverloadedException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.Table;
import io.metastore.api.TransactionAbortedException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.MicrometerMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store counts in a Micrometer registry, under which names, and that it takes all of it back. */
class MetricsTest extends OneMember {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static final CommandType<String, String> THROWER =
            CommandType.of("thrower", Codecs.utf8(), Codecs.utf8(), (context, argument) -> {
                if (argument.equals("large")) {
                    return "x".repeat(3 << 20);
                }
                throw new IllegalStateException("told to");
            });

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.with(MicrometerMetrics.of(registry)).commands(THROWER);
    }

    private double gauge(String name) {
        return registry.get(name).tag("member", "single").gauge().value();
    }

    private long transactions(String outcome) {
        return transactions(registry, "single", outcome);
    }

    private static long transactions(MeterRegistry registry, String member, String outcome) {
        Timer timer = registry.find("metastore.transactions")
                .tags("member", member, "outcome", outcome)
                .timer();
        return timer == null ? 0 : timer.count();
    }

    private double reads(String mode) {
        return registry.get("metastore.reads")
                .tags("member", "single", "mode", mode)
                .counter()
                .count();
    }

    @Test
    void writesAreTimedByTheirOutcomeAndReadsAreCountedByTheirMode() {
        Table<String, String> notes = store.table(NOTES);
        long before = transactions("OK");
        Revision revision = notes.put("k", "v");
        assertThat(notes.putIfAbsent("k", "w")).isInstanceOf(CasResult.Conflict.class);
        assertThat(transactions("OK")).isEqualTo(before + 1);
        assertThat(transactions("CONFLICT")).isEqualTo(1);
        for (ReadMode mode : List.of(
                ReadMode.linearizable(),
                ReadMode.local(),
                ReadMode.atLeast(revision),
                ReadMode.maxLag(Duration.ZERO))) {
            notes.reading(mode).get("k");
        }
        for (String mode : List.of("linearizable", "local", "at_least", "max_lag")) {
            assertThat(reads(mode)).as(mode).isEqualTo(1);
        }
    }

    @Test
    void aClosureAsksWhetherItsStateIsCurrentOnlyWhenItWritesNothing() {
        store.table(NOTES).put("k", "v");
        store.table(NOTES).get("k");
        assertThat(reads("linearizable")).isEqualTo(1);
        store.update(tx -> tx.in(NOTES).put("k", tx.in(NOTES).get("k").orElseThrow() + "w"));
        assertThat(reads("linearizable"))
                .as("what was read is checked at commit")
                .isEqualTo(1);
        store.update(tx -> tx.in(NOTES).get("k"));
        assertThat(reads("linearizable")).as("nothing is committed").isEqualTo(2);
        assertThatThrownBy(() -> store.update(tx -> {
                    tx.in(NOTES).put("k", "never");
                    throw tx.abort("told to");
                }))
                .isInstanceOf(TransactionAbortedException.class);
        assertThat(reads("linearizable")).as("given up").isEqualTo(3);
    }

    @Test
    void whatFailedIsCountedUnderTheCodeItsCallerGets() {
        Table<String, String> notes = store.table(NOTES);
        long before = transactions("OK");
        assertThatThrownBy(() -> store.execute(THROWER, "x")).isInstanceOf(CommandFailedException.class);
        assertThatThrownBy(() -> result(store.async().execute(THROWER, "x")))
                .isInstanceOf(CommandFailedException.class);
        assertThat(transactions("COMMAND_FAILED")).isEqualTo(2);
        assertThatThrownBy(() -> store.execute(THROWER, "large")).isInstanceOf(LimitExceededException.class);
        assertThat(transactions("LIMIT_EXCEEDED")).isEqualTo(1);
        String half = "x".repeat(1 << 20);
        Batch tooLarge = Batch.of(Op.put(NOTES, "a", half), Op.put(NOTES, "b", half));
        assertThatThrownBy(() -> store.apply(tooLarge)).isInstanceOf(LimitExceededException.class);
        assertThat(transactions("LIMIT_EXCEEDED")).isEqualTo(2);
        assertThat(transactions("OK")).as("none of them is well").isEqualTo(before);
        notes.put("k", "v");
        assertThat(transactions("OK")).isEqualTo(before + 1);
    }

    @Test
    void whatTheQueueRefusesIsCounted(@TempDir Path other) {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        try (MetaStore small = MetaStore.builder(other)
                .with(MicrometerMetrics.of(own))
                .limits(Limits.defaults().toBuilder().queueTransactionsMax(4).build())
                .open()) {
            small.table(NOTES);
            long before = transactions(own, "single", "OK");
            List<CompletableFuture<Revision>> writes = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                writes.add(small.async().table(NOTES).put("k" + i, "v"));
            }
            long refused = 0;
            for (CompletableFuture<Revision> write : writes) {
                try {
                    result(write);
                } catch (OverloadedException e) {
                    refused++;
                }
            }
            assertThat(refused).isPositive();
            assertThat(transactions(own, "single", "OVERLOADED")).isEqualTo(refused);
            assertThat(transactions(own, "single", "OK")).isEqualTo(before + 3000 - refused);
        }
    }

    @Test
    void theMembersOfAClusterAreToldApartAndWhatTheyRefuseWithoutAQuorumIsCounted() {
        SimpleMeterRegistry shared = new SimpleMeterRegistry();
        try (TestCluster cluster = TestCluster.builder()
                .voters(3)
                .configure(builder -> builder.with(MicrometerMetrics.of(shared)))
                .start()) {
            TestMember leader = cluster.leader();
            TestMember follower = cluster.anyFollower();
            leader.table(NOTES).put("k", "v");
            Revision last = follower.table(NOTES).put("k", "w");
            cluster.awaitApplied(last);
            for (TestMember each : cluster.members()) {
                assertThat(gauge(shared, "metastore.revision", each)).isEqualTo((double) last.number());
                assertThat(gauge(shared, "metastore.leader", each)).isEqualTo(each == leader ? 1 : 0);
                assertThat(gauge(shared, "metastore.journal.size", each)).isPositive();
                assertThat(shared.get("ratis.log.worker.sync.time")
                                .tag("member", each.name())
                                .timer()
                                .count())
                        .as("the engine's meters go by the same name")
                        .isPositive();
            }
            for (TestMember writer : List.of(leader, follower)) {
                Timer commit = shared.get("metastore.commit")
                        .tag("member", writer.name())
                        .timer();
                assertThat(commit.count()).isPositive();
                assertThat(commit.max(TimeUnit.MICROSECONDS)).isPositive();
            }
            // when
            cluster.followers().forEach(TestMember::kill);
            MetaStore left = leader.store();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(left.status().state()).isEqualTo(StoreState.NO_QUORUM));
            // then
            long before = transactions(shared, leader.name(), "UNAVAILABLE");
            assertThatThrownBy(() -> left.table(NOTES).put("k", "x")).isInstanceOf(UnavailableException.class);
            CompletableFuture<Revision> write = left.async().table(NOTES).put("k", "x");
            assertThatThrownBy(() -> result(write)).isInstanceOf(UnavailableException.class);
            assertThat(transactions(shared, leader.name(), "UNAVAILABLE")).isEqualTo(before + 2);
        }
        assertThat(shared.getMeters()).isEmpty();
    }

    private static double gauge(MeterRegistry registry, String name, TestMember member) {
        return registry.get(name).tag("member", member.name()).gauge().value();
    }

    @Test
    void twoSingleMembersInOneRegistryHaveMetersOfTheirOwn(@TempDir Path other) {
        store.table(NOTES).put("k", "v");
        try (MetaStore second =
                MetaStore.builder(other).with(MicrometerMetrics.of(registry)).open()) {
            for (int i = 0; i < 10; i++) {
                second.table(NOTES).put("k", "v" + i);
            }
            assertThat(revisionIn(directory))
                    .isEqualTo((double) store.revision().number());
            assertThat(revisionIn(other)).isEqualTo((double) second.revision().number());
        }
        assertThat(registry.find("metastore.revision")
                        .tag("directory", other.toString())
                        .gauge())
                .isNull();
        assertThat(revisionIn(directory)).isEqualTo((double) store.revision().number());
        long before = transactions("OK");
        store.table(NOTES).put("k", "w");
        assertThat(transactions("OK")).isEqualTo(before + 1);
    }

    private double revisionIn(Path place) {
        return registry.get("metastore.revision")
                .tag("directory", place.toString())
                .gauge()
                .value();
    }

    @Test
    void everyMeterOfOursHasADescriptionAndSizesHaveAUnit() {
        store.table(NOTES).put("k", "v");
        store.table(NOTES).get("k");
        for (Meter meter : registry.getMeters()) {
            if (meter.getId().getName().startsWith("metastore.")) {
                assertThat(meter.getId().getDescription())
                        .as("%s", meter.getId())
                        .isNotBlank();
            }
        }
        for (String name : List.of("metastore.journal.size", "metastore.batch.size")) {
            assertThat(registry.get(name).meter().getId().getBaseUnit())
                    .as(name)
                    .isEqualTo("bytes");
        }
        assertThat(registry.get("metastore.commit").timer().count()).isPositive();
    }

    @Test
    void batchesApplyingAndRetriesAreCounted() {
        Table<String, String> notes = store.table(NOTES);
        AtomicInteger runs = new AtomicInteger();
        store.update(tx -> {
            tx.in(NOTES).get("k");
            if (runs.incrementAndGet() < 3) {
                elsewhere(() -> notes.put("k", "again"));
            }
            tx.in(NOTES).put("k", "mine");
        });
        assertThat(registry.get("metastore.transaction.retries").counter().count())
                .isEqualTo(2);
        assertThat(registry.get("metastore.batch.transactions").summary().totalAmount())
                .as("a registration, two writes of others, three attempts")
                .isEqualTo(6);
        assertThat(registry.get("metastore.batch.size").summary().max()).isPositive();
        assertThat(registry.get("metastore.apply").timer().count()).isGreaterThanOrEqualTo(6);
        assertThat(registry.get("metastore.batch.resent").counter().count()).isZero();
    }

    @Test
    void gaugesFollowTheState() {
        Revision revision = store.table(NOTES).put("k", "v");
        assertThat(gauge("metastore.revision")).isEqualTo((double) revision.number());
        assertThat(gauge("metastore.applied.index"))
                .isEqualTo((double) revision.position().index());
        assertThat(gauge("metastore.leader")).isEqualTo(1);
        assertThat(gauge("metastore.term")).isPositive();
        assertThat(gauge("metastore.lag")).isZero();
        assertThat(gauge("metastore.queue")).isZero();
        assertThat(gauge("metastore.journal.size")).isPositive();
        double handles = gauge("metastore.native.handles");
        assertThat(handles).isPositive();
        store.read(ReadMode.local(), snapshot -> {
            assertThat(gauge("metastore.native.handles")).isGreaterThan(handles);
            return 0;
        });
        assertThat(gauge("metastore.native.handles")).isEqualTo(handles);
    }

    @Test
    void closingFreesEveryNativeHandleAlsoThoseThatReadersStillHold() {
        Gauge handles = registry.get("metastore.native.handles").gauge();
        store.table(NOTES).put("k", "v");
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<Integer> reader =
                CompletableFuture.supplyAsync(() -> store.read(ReadMode.local(), snapshot -> {
                    assertThat(snapshot.in(NOTES).stream(Range.all()).iterator().hasNext())
                            .isTrue();
                    reading.countDown();
                    awaitOpened(closed);
                    return 0;
                }));
        awaitOpened(reading);
        assertThat(handles.value()).isPositive();
        store.close();
        assertThat(handles.value()).isZero();
        closed.countDown();
        result(reader);
        assertThat(handles.value()).isZero();
    }

    @Test
    void everyMeterIsTaggedWithItsMemberAndGoneAfterClosing() {
        assertThat(registry.getMeters()).isNotEmpty();
        for (Meter meter : registry.getMeters()) {
            if (meter.getId().getName().startsWith("metastore.")) {
                assertThat(meter.getId().getTag("member"))
                        .as("%s", meter.getId())
                        .isEqualTo("single");
            }
        }
        store.close();
        assertThat(registry.getMeters()).isEmpty();
        reopen();
        assertThat(registry.find("metastore.revision").gauges()).hasSize(1);
    }

    @Test
    void callsThatEndWhileTheStoreClosesLeaveNoMeterBehind() {
        for (int round = 0; round < 5; round++) {
            Table<String, String> notes = store.table(NOTES);
            CountDownLatch started = new CountDownLatch(4);
            List<CompletableFuture<Void>> writers = java.util.stream.IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        started.countDown();
                        assertThatThrownBy(() -> {
                                    while (true) {
                                        notes.put("k", "v");
                                    }
                                })
                                .isInstanceOf(io.metastore.api.MetastoreException.class);
                    }))
                    .toList();
            awaitOpened(started);
            store.close();
            writers.forEach(OneMember::result);
            assertThat(registry.getMeters()).as("round %d", round).isEmpty();
            reopen();
        }
    }

    @Test
    void anOpeningThatFailsLeavesTheMetersOfTheOpenStoreAlone() {
        store.table(NOTES).put("k", "v");
        assertThatThrownBy(() -> MetaStore.builder(directory)
                        .with(MicrometerMetrics.of(new SimpleMeterRegistry()))
                        .open())
                .isInstanceOf(DirectoryInUseException.class);
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        assertThatThrownBy(() -> MetaStore.builder(directory)
                        .with(MicrometerMetrics.of(other))
                        .open())
                .isInstanceOf(DirectoryInUseException.class);
        assertThat(other.getMeters()).isEmpty();
        assertThatThrownBy(() -> MetaStore.builder(directory)
                        .with(MicrometerMetrics.of(registry))
                        .open())
                .isInstanceOf(DirectoryInUseException.class);
        assertThat(gauge("metastore.leader")).isEqualTo(1);
        assertThat(registry.get("metastore.batch.size").summary().count()).isPositive();
    }

    @Test
    void checkpointsAreTimedAndTheNewestImageShows() {
        assertThat(gauge("metastore.image.index")).isEqualTo(-1);
        store.table(NOTES).put("k", "v");
        long index = store.checkpoints().create().position().index();
        assertThat(gauge("metastore.image.index")).isEqualTo((double) index);
        assertThat(gauge("metastore.journal.first")).isZero();
        assertThat(gauge("metastore.image.sent")).isZero();
        assertThat(registry.get("metastore.checkpoints")
                        .tags("member", "single", "outcome", "published")
                        .timer()
                        .count())
                .isEqualTo(1);
        Timer held = registry.get("metastore.checkpoints.held")
                .tags("member", "single")
                .timer();
        assertThat(held.count()).isEqualTo(1);
        ApplyCost cost = store.checkpoints().status().applyCost();
        assertThat(cost.held()).isBetween(Duration.ZERO, cost.took());
        assertThat(held.totalTime(TimeUnit.NANOSECONDS))
                .isEqualTo((double) cost.held().toNanos());
    }
}
