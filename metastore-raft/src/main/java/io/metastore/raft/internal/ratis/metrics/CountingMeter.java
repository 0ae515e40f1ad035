package io.metastore.raft.internal.ratis.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.ratis.metrics.LongCounter;

/** Counts whether or not anybody looks: Ratis reads some of its counters. */
final class CountingMeter implements LongCounter, Meter {
    private final MeterName name;
    private final AtomicLong count = new AtomicLong();

    /** Kept here because Micrometer refers to it weakly. */
    private final LongSupplier reader = count::get;

    private Runnable remove = () -> {};

    CountingMeter(MeterName name) {
        this.name = name;
    }

    @Override
    public void inc(long n) {
        count.addAndGet(n);
    }

    @Override
    public void dec(long n) {
        count.addAndGet(-n);
    }

    @Override
    public long getCount() {
        return count.get();
    }

    @Override
    public void publish(MeterSink sink) {
        remove = sink.counter(name, reader);
    }

    @Override
    public void withdraw() {
        remove.run();
        remove = () -> {};
    }
}
