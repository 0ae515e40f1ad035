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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a store does in a Micrometer registry; given to {@link io.metastore.api.MetaStore.Builder#with}. Needs {@code micrometer-core} on the
 * class path. Every meter has the tags {@code member} and {@code directory}, which tell all open stores of a process apart; all are removed from the
 * registry when the store closes.
 *
 * <ul>
 *   <li>{@code metastore.transactions} (timer, tag {@code outcome}: OK, CONFLICT or the code of the exception): writes from call to result, and those
 *       that are refused because of their size, a full queue or the member's state
 *   <li>{@code metastore.transaction.retries} (counter): transaction bodies run again after a conflict
 *   <li>{@code metastore.batch.transactions}, {@code metastore.batch.size} (summaries, the second in bytes): what one journal entry carries
 *   <li>{@code metastore.batch.resent} (counter): batches sent again because their fate was not known
 *   <li>{@code metastore.commit} (timer): from sending a batch to knowing that it is committed
 *   <li>{@code metastore.apply} (timer): applying one journal entry
 *   <li>{@code metastore.checkpoints} (timer, tag {@code outcome}: published, failed): making an image
 *   <li>{@code metastore.checkpoints.held} (timer): how much longer applying the entries took that came meanwhile than that of others with as many
 *       transactions
 *   <li>{@code metastore.image.index} (of the newest image, -1 before the first), {@code metastore.image.sent} (bytes, to other members), {@code
 *       metastore.journal.first} (first entry in the journal) (gauges)
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
    public Opened open(String member, Path directory) {
        return new StoreMeters(
                registry,
                Tags.of(
                        "member",
                        member,
                        "directory",
                        directory.toAbsolutePath().toString()));
    }

    /**
     * The meters of one store. Callable from any thread.
     *
     * <p>None is registered before it counts or the store is open, when the directory is certainly this store's alone: a registry gives the same meter
     * to everybody who asks for the same name and tags, so an opening that is refused would take away those of the store that is open.
     */
    private static final class StoreMeters implements Opened, Meters {

        /** A meter that is registered by its first use. */
        private final class Lazy<M extends Meter> {
            private final Supplier<M> register;
            private volatile @Nullable M meter;

            Lazy(Supplier<M> register) {
                this.register = register;
            }

            M get() {
                M known = meter;
                return known == null ? registered() : known;
            }

            private synchronized M registered() {
                M known = meter;
                if (known == null) {
                    known = keep(register.get());
                    meter = known;
                }
                return known;
            }
        }

        private final MeterRegistry registry;
        private final Tags tags;
        private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();
        private final Map<String, Timer> transactions = new ConcurrentHashMap<>();
        private final Map<String, Timer> checkpoints = new ConcurrentHashMap<>();
        private final Map<String, Counter> reads = new ConcurrentHashMap<>();
        private final Lazy<DistributionSummary> batchTransactions;
        private final Lazy<DistributionSummary> batchSize;
        private final Lazy<Counter> resent;
        private final Lazy<Counter> retries;
        private final Lazy<Timer> commit;
        private final Lazy<Timer> apply;
        private final Lazy<Timer> held;
        private final RatisMeters.Binding engine;
        private volatile boolean closed;

        StoreMeters(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
            this.batchTransactions = new Lazy<>(() -> DistributionSummary.builder("metastore.batch.transactions")
                    .tags(tags)
                    .baseUnit("transactions")
                    .description("Transactions in one journal entry")
                    .register(registry));
            this.batchSize = new Lazy<>(() -> DistributionSummary.builder("metastore.batch.size")
                    .tags(tags)
                    .baseUnit("bytes")
                    .description("Size of one journal entry")
                    .register(registry));
            this.resent = new Lazy<>(() -> Counter.builder("metastore.batch.resent")
                    .tags(tags)
                    .description("Batches sent again because their fate was not known")
                    .register(registry));
            this.retries = new Lazy<>(() -> Counter.builder("metastore.transaction.retries")
                    .tags(tags)
                    .description("Transaction bodies run again after a conflict")
                    .register(registry));
            this.commit = new Lazy<>(() -> timer("metastore.commit", tags, "From sending a batch to its commit"));
            this.apply = new Lazy<>(() -> timer("metastore.apply", tags, "Applying one journal entry"));
            this.held = new Lazy<>(() ->
                    timer("metastore.checkpoints.held", tags, "Longer that applying took because of a checkpoint"));
            this.engine = RatisMeters.bind(registry);
        }

        private Timer timer(String name, Tags all, String description) {
            return Timer.builder(name).tags(all).description(description).register(registry);
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
            for (Lazy<?> meter : List.of(batchTransactions, batchSize, resent, retries, commit, apply, held)) {
                meter.get(); // A dashboard wants to see zero, not nothing.
            }
            gauge("metastore.revision", "", "Revision applied here", gauges, NodeGauges::revision);
            gauge("metastore.applied.index", "", "Journal index applied here", gauges, NodeGauges::appliedIndex);
            gauge("metastore.lag", "entries", "Committed, not applied here yet", gauges, NodeGauges::lag);
            gauge("metastore.leader", "", "1 while this member leads", gauges, NodeGauges::leader);
            gauge("metastore.term", "", "Election term of this member", gauges, NodeGauges::term);
            gauge("metastore.journal.size", "bytes", "Files of the journal", gauges, NodeGauges::journalBytes);
            gauge("metastore.journal.first", "", "First entry in the journal", gauges, NodeGauges::journalFirst);
            gauge("metastore.image.index", "", "Position of the newest image", gauges, NodeGauges::imageIndex);
            gauge("metastore.image.sent", "bytes", "Sent of images to others", gauges, NodeGauges::imageBytesSent);
            gauge("metastore.queue", "transactions", "Waiting to be sent", gauges, NodeGauges::queuedTransactions);
            gauge("metastore.native.handles", "", "Open in RocksDB", gauges, NodeGauges::openNativeHandles);
        }

        private void gauge(
                String name, String unit, String description, NodeGauges gauges, ToDoubleFunction<NodeGauges> value) {
            keep(Gauge.builder(name, gauges, value)
                    .tags(tags)
                    .baseUnit(unit.isEmpty() ? null : unit)
                    .description(description)
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
            batchTransactions.get().record(count);
            batchSize.get().record(bytes);
        }

        @Override
        public void resent() {
            resent.get().increment();
        }

        @Override
        public void committed(long nanos) {
            commit.get().record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void transaction(String outcome, long nanos) {
            transactions
                    .computeIfAbsent(
                            outcome,
                            key -> keep(timer(
                                    "metastore.transactions", tags.and("outcome", key), "Writes, from call to result")))
                    .record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void retried() {
            retries.get().increment();
        }

        @Override
        public void applied(int count, long nanos) {
            apply.get().record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void checkpoint(boolean published, long nanos, long applyHeldNanos) {
            held.get().record(applyHeldNanos, TimeUnit.NANOSECONDS);
            checkpoints
                    .computeIfAbsent(
                            published ? "published" : "failed",
                            key -> keep(timer(
                                    "metastore.checkpoints", tags.and("outcome", key), "Making an image of the state")))
                    .record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void read(String mode) {
            reads.computeIfAbsent(
                            mode,
                            key -> keep(Counter.builder("metastore.reads")
                                    .tags(tags.and("mode", key))
                                    .description("Reads served")
                                    .register(registry)))
                    .increment();
        }
    }
}
