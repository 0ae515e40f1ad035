package io.metastore.raft;

import io.metastore.raft.internal.assembly.MetersAddon;
import io.metastore.raft.internal.node.Meters;
import io.metastore.raft.internal.node.NodeGauges;
import io.metastore.raft.internal.ratis.metrics.RatisMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Counts what a store does in a Micrometer registry; given to {@link io.metastore.api.MetaStore.Builder#with}. Needs {@code micrometer-core} on the
 * class path. Every meter has the tag {@code member}; all are removed from the registry when the store closes.
 *
 * <ul>
 *   <li>{@code metastore.transactions} (timer, tag {@code outcome}: OK, CONFLICT or the code of the exception): writes from call to result
 *   <li>{@code metastore.transaction.retries} (counter): transaction bodies run again after a conflict
 *   <li>{@code metastore.batch.transactions}, {@code metastore.batch.size} (summaries, the second in bytes): what one journal entry carries
 *   <li>{@code metastore.batch.resent} (counter): batches sent again because their fate was not known
 *   <li>{@code metastore.apply} (timer): applying one journal entry
 *   <li>{@code metastore.reads} (counter, tag {@code mode})
 *   <li>{@code metastore.revision}, {@code metastore.applied.index}, {@code metastore.lag} (entries), {@code metastore.leader} (0 or 1), {@code
 *       metastore.term}, {@code metastore.journal.size} (bytes), {@code metastore.queue} (transactions), {@code metastore.native.handles} (gauges)
 * </ul>
 *
 * <p>The meters of the journal engine appear in the same registry, below {@code ratis}.
 */
public final class MicrometerMetrics implements MetersAddon {

    private final MeterRegistry registry;

    private MicrometerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts into this registry. One object may be given to several stores. */
    public static MicrometerMetrics of(MeterRegistry registry) {
        return new MicrometerMetrics(registry);
    }

    @Override
    public String name() {
        return "micrometer";
    }

    @Override
    public Opened open(String member) {
        return new StoreMeters(registry, member);
    }

    /** The meters of one store. Callable from any thread. */
    private static final class StoreMeters implements Opened, Meters {

        private final MeterRegistry registry;
        private final Tags tags;
        private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();
        private final Map<String, Timer> transactions = new ConcurrentHashMap<>();
        private final Map<String, Counter> reads = new ConcurrentHashMap<>();
        private final DistributionSummary batchTransactions;
        private final DistributionSummary batchSize;
        private final Counter resent;
        private final Counter retries;
        private final Timer apply;
        private final RatisMeters.Binding engine;
        private volatile boolean closed;

        StoreMeters(MeterRegistry registry, String member) {
            this.registry = registry;
            this.tags = Tags.of("member", member);
            this.batchTransactions = keep(DistributionSummary.builder("metastore.batch.transactions")
                    .tags(tags)
                    .description("Transactions in one journal entry")
                    .register(registry));
            this.batchSize = keep(DistributionSummary.builder("metastore.batch.size")
                    .tags(tags)
                    .baseUnit("bytes")
                    .description("Size of one batch")
                    .register(registry));
            this.resent =
                    keep(Counter.builder("metastore.batch.resent").tags(tags).register(registry));
            this.retries = keep(
                    Counter.builder("metastore.transaction.retries").tags(tags).register(registry));
            this.apply = keep(Timer.builder("metastore.apply")
                    .tags(tags)
                    .description("Applying one journal entry")
                    .register(registry));
            this.engine = RatisMeters.bind(registry);
        }

        private <M extends Meter> M keep(M meter) {
            registered.add(meter);
            if (closed) {
                removeAll(); // A call that ends after its store was closed counts where nobody looks any more.
            }
            return meter;
        }

        @Override
        public Meters meters() {
            return this;
        }

        @Override
        public void bind(NodeGauges gauges) {
            gauge("metastore.revision", gauges, NodeGauges::revision);
            gauge("metastore.applied.index", gauges, NodeGauges::appliedIndex);
            gauge("metastore.lag", gauges, NodeGauges::lag);
            gauge("metastore.leader", gauges, NodeGauges::leader);
            gauge("metastore.term", gauges, NodeGauges::term);
            gauge("metastore.journal.size", gauges, NodeGauges::journalBytes);
            gauge("metastore.queue", gauges, NodeGauges::queuedTransactions);
            gauge("metastore.native.handles", gauges, NodeGauges::openNativeHandles);
        }

        private void gauge(String name, NodeGauges gauges, ToDoubleFunction<NodeGauges> value) {
            keep(Gauge.builder(name, gauges, value)
                    .tags(tags)
                    .strongReference(true) // Gone with the store, not when a collector feels like it.
                    .register(registry));
        }

        @Override
        public void close() {
            engine.close();
            closed = true;
            removeAll();
        }

        private void removeAll() {
            for (Meter meter = registered.poll(); meter != null; meter = registered.poll()) {
                registry.remove(meter);
            }
        }

        @Override
        public void batch(int count, int bytes) {
            batchTransactions.record(count);
            batchSize.record(bytes);
        }

        @Override
        public void resent() {
            resent.increment();
        }

        @Override
        public void transaction(String outcome, long nanos) {
            transactions
                    .computeIfAbsent(
                            outcome,
                            key -> keep(Timer.builder("metastore.transactions")
                                    .tags(tags.and("outcome", key))
                                    .description("Writes, from call to result")
                                    .register(registry)))
                    .record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void retried() {
            retries.increment();
        }

        @Override
        public void applied(int count, long nanos) {
            apply.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void read(String mode) {
            reads.computeIfAbsent(
                            mode,
                            key -> keep(Counter.builder("metastore.reads")
                                    .tags(tags.and("mode", key))
                                    .register(registry)))
                    .increment();
        }
    }
}
