package io.metastore.raft.internal.ratis.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.metrics.MetricRegistries;

/**
 * Publishes the metrics of all engines in this JVM to Micrometer. Bindings are counted: several stores may bind the same registry, and its meters go
 * when the last of them is closed. Several registries get the meters each.
 */
public final class RatisMeters {
    /** One per bind. Guarded by the class. */
    private static final List<MeterRegistry> bound = new ArrayList<>();

    private RatisMeters() {}

    /** Publishes to the registry until the binding is closed. */
    public static synchronized Binding bind(MeterRegistry registry) {
        boolean first = !bound.contains(registry);
        bound.add(registry);
        if (first) {
            publish();
        }
        return new Binding(registry);
    }

    private static synchronized void unbind(MeterRegistry registry) {
        bound.remove(registry);
        if (!bound.contains(registry)) {
            publish();
        }
    }

    private static void publish() {
        if (MetricRegistries.global() instanceof RatisMetricRegistries ours) {
            List<MeterRegistry> targets = bound.stream().distinct().toList();
            ours.publishTo(targets.isEmpty() ? null : new MicrometerSink(targets));
        }
    }

    /** An undone bind. */
    public static final class Binding implements AutoCloseable {
        private final MeterRegistry registry;
        private boolean closed;

        private Binding(MeterRegistry registry) {
            this.registry = registry;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                unbind(registry);
            }
        }
    }
}
