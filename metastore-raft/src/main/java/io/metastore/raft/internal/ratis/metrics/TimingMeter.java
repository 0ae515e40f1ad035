package io.metastore.raft.internal.ratis.metrics;

import org.apache.ratis.metrics.Timekeeper;
import org.jspecify.annotations.Nullable;

/** Times only while it is published: the clock is read twice for every journal entry and message otherwise. */
final class TimingMeter implements Timekeeper, Meter {
    private static final Context UNTIMED = () -> 0;

    private final MeterName name;
    private volatile MeterSink.@Nullable PublishedTimer published;

    TimingMeter(MeterName name) {
        this.name = name;
    }

    @Override
    public Context time() {
        if (published == null) {
            return UNTIMED;
        }
        long begin = System.nanoTime();
        return () -> {
            long nanos = System.nanoTime() - begin;
            MeterSink.PublishedTimer current = published;
            if (current != null) {
                current.record(nanos);
            }
            return nanos;
        };
    }

    @Override
    public void publish(MeterSink sink) {
        published = sink.timer(name);
    }

    @Override
    public void withdraw() {
        MeterSink.PublishedTimer current = published;
        if (current != null) {
            published = null;
            current.remove();
        }
    }
}
