package io.metastore.raft.internal.ratis.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.jspecify.annotations.Nullable;

/** The meters of one member and component. */
final class MemberMeters implements RatisMetricRegistry {
    private final MetricRegistryInfo info;

    /** Guarded by this. */
    private final Map<String, Meter> meters = new HashMap<>();

    /** Guarded by this. */
    private @Nullable MeterSink sink;

    MemberMeters(MetricRegistryInfo info) {
        this.info = info;
    }

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
        return info;
    }

    @Override
    public synchronized Timekeeper timer(String name) {
        if (meters.get(name) instanceof TimingMeter known) {
            return known;
        }
        return add(name, new TimingMeter(MeterName.of(info, name)));
    }

    @Override
    public synchronized LongCounter counter(String name) {
        if (meters.get(name) instanceof CountingMeter known) {
            return known;
        }
        return add(name, new CountingMeter(MeterName.of(info, name)));
    }

    @Override
    public synchronized <T> void gauge(String name, Supplier<Supplier<T>> value) {
        add(name, new GaugeMeter(MeterName.of(info, name), value.get()));
    }

    @Override
    public synchronized boolean remove(String name) {
        Meter meter = meters.remove(name);
        if (meter != null) {
            meter.withdraw();
        }
        return meter != null;
    }

    private <M extends Meter> M add(String name, M meter) {
        remove(name);
        meters.put(name, meter);
        if (sink != null) {
            meter.publish(sink);
        }
        return meter;
    }

    /** Publishes to this sink from now on, or nowhere when null. */
    synchronized void publishTo(@Nullable MeterSink newSink) {
        meters.values().forEach(Meter::withdraw);
        sink = newSink;
        if (newSink != null) {
            meters.values().forEach(meter -> meter.publish(newSink));
        }
    }
}
