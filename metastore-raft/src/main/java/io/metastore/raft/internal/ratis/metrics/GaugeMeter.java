package io.metastore.raft.internal.ratis.metrics;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is looked up when somebody reads it. */
final class GaugeMeter implements Meter {
    private final MeterName name;
    private final Supplier<? extends @Nullable Object> value;
    private Runnable remove = () -> {};

    GaugeMeter(MeterName name, Supplier<? extends @Nullable Object> value) {
        this.name = name;
        this.value = value;
    }

    @Override
    public void publish(MeterSink sink) {
        remove = sink.gauge(name, value);
    }

    @Override
    public void withdraw() {
        remove.run();
        remove = () -> {};
    }
}
