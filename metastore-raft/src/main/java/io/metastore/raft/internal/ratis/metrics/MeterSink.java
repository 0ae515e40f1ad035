package io.metastore.raft.internal.ratis.metrics;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes meters. Each method returns what takes the meter back; running that twice does nothing more. */
interface MeterSink {
    /** Shows a count; to be kept alive by the caller. */
    Runnable counter(MeterName name, LongSupplier count);

    /** Shows a value; null, and what is no number, is shown as NaN. */
    Runnable gauge(MeterName name, Supplier<? extends @Nullable Object> value);

    PublishedTimer timer(MeterName name);

    /** A timer that somebody looks at. */
    interface PublishedTimer {
        void record(long nanos);

        void remove();
    }
}
