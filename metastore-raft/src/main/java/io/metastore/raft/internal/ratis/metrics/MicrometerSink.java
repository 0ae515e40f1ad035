package io.metastore.raft.internal.ratis.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Micrometer. */
final class MicrometerSink implements MeterSink {
    private final List<MeterRegistry> registries;

    MicrometerSink(List<MeterRegistry> registries) {
        this.registries = List.copyOf(registries);
    }

    @Override
    public Runnable counter(MeterName name, LongSupplier count) {
        return register(registry -> FunctionCounter.builder(name.name(), count, LongSupplier::getAsLong)
                .tags(tags(name))
                .register(registry));
    }

    @Override
    public Runnable gauge(MeterName name, Supplier<? extends @Nullable Object> value) {
        return register(registry -> Gauge.builder(name.name(), () -> number(value))
                .tags(tags(name))
                .strongReference(true)
                .register(registry));
    }

    @Override
    public PublishedTimer timer(MeterName name) {
        List<Timer> timers = new ArrayList<>();
        Runnable remove = register(registry -> {
            Timer timer = Timer.builder(name.name()).tags(tags(name)).register(registry);
            timers.add(timer);
            return timer;
        });
        return new PublishedTimer() {
            @Override
            public void record(long nanos) {
                for (Timer timer : timers) {
                    timer.record(nanos, TimeUnit.NANOSECONDS);
                }
            }

            @Override
            public void remove() {
                remove.run();
            }
        };
    }

    private Runnable register(Function<MeterRegistry, Meter> create) {
        List<Runnable> removals = new ArrayList<>();
        for (MeterRegistry registry : registries) {
            Meter meter = create.apply(registry);
            removals.add(() -> registry.remove(meter));
        }
        return () -> removals.forEach(Runnable::run);
    }

    private static Number number(Supplier<? extends @Nullable Object> value) {
        return value.get() instanceof Number number ? number : Double.NaN;
    }

    private static List<Tag> tags(MeterName name) {
        return name.tags().entrySet().stream()
                .map(tag -> Tag.of(tag.getKey(), tag.getValue()))
                .toList();
    }
}
