package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CasResult;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.raft.MicrometerMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a store counts in a Micrometer registry, under which names, and that it takes all of it back. */
class MetricsTest extends OneMember {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.with(MicrometerMetrics.of(registry));
    }

    private double gauge(String name) {
        return registry.get(name).tag("member", "single").gauge().value();
    }

    private long transactions(String outcome) {
        Timer timer = registry.find("metastore.transactions")
                .tags("member", "single", "outcome", outcome)
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
                    await(closed);
                    return 0;
                }));
        await(reading);
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
            await(started);
            store.close();
            writers.forEach(OneMember::result);
            assertThat(registry.getMeters()).as("round %d", round).isEmpty();
            reopen();
        }
    }

    @Test
    void anOpeningThatFailsLeavesTheMetersOfTheOpenStoreAlone() {
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
        assertThat(gauge("metastore.leader")).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
