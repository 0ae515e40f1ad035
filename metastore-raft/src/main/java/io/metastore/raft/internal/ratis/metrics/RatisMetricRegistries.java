package io.metastore.raft.internal.ratis.metrics;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/** All meters of Ratis in this JVM. Created by Ratis, as a service, once; reference counted as its superclass asks. */
public final class RatisMetricRegistries extends MetricRegistries {
    /**
     * Ratis unregisters this component, which followers use as well, whenever a leader steps down, and goes on using it. It is kept until {@link
     * #forget}.
     */
    private static final String KEPT_COMPONENT = "server";

    /** Guarded by this. */
    private final Map<MetricRegistryInfo, Counted> registries = new HashMap<>();

    /** Guarded by this. */
    private @Nullable MeterSink sink;

    @Override
    public synchronized RatisMetricRegistry create(MetricRegistryInfo info) {
        Counted counted = registries.computeIfAbsent(info, missing -> {
            MemberMeters meters = new MemberMeters(info);
            meters.publishTo(sink);
            return new Counted(meters);
        });
        counted.references++;
        return counted.meters;
    }

    @Override
    public synchronized boolean remove(MetricRegistryInfo info) {
        Counted counted = registries.get(info);
        if (counted == null || KEPT_COMPONENT.equals(info.getMetricsComponentName()) || --counted.references > 0) {
            return false;
        }
        registries.remove(info);
        counted.meters.publishTo(null);
        return true;
    }

    /** Drops whatever is left of a member; its engine has closed. */
    synchronized void forget(String prefix) {
        registries.values().removeIf(counted -> {
            if (!counted.meters.getMetricRegistryInfo().getPrefix().equals(prefix)) {
                return false;
            }
            counted.meters.publishTo(null);
            return true;
        });
    }

    /** Publishes to this sink from now on, or nowhere when null. */
    synchronized void publishTo(@Nullable MeterSink newSink) {
        sink = newSink;
        registries.values().forEach(counted -> counted.meters.publishTo(newSink));
    }

    @Override
    public synchronized Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.ofNullable(registries.get(info)).map(counted -> counted.meters);
    }

    @Override
    public synchronized Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.copyOf(registries.keySet());
    }

    @Override
    public synchronized Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.copyOf(
                registries.values().stream().map(counted -> counted.meters).toList());
    }

    @Override
    public synchronized void clear() {
        registries.values().forEach(counted -> counted.meters.publishTo(null));
        registries.clear();
    }

    @Override
    public void addReporterRegistration(
            Consumer<RatisMetricRegistry> reporterRegistration, Consumer<RatisMetricRegistry> stopReporter) {
        // Meters are published through Micrometer only.
    }

    @Override
    public void enableJmxReporter() {
        // As above.
    }

    @Override
    public void enableConsoleReporter(TimeDuration consoleReportRate) {
        // As above.
    }

    private static final class Counted {
        private final MemberMeters meters;
        private int references;

        Counted(MemberMeters meters) {
            this.meters = meters;
        }
    }
}
