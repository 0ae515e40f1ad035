package io.metastore.benchmarks.workload;

import org.HdrHistogram.Histogram;

/** Latencies of one caller, or of several after {@link #add}. Not safe for use by more than one thread. */
final class Latencies {
    private static final long NANOS_MAX = 600_000_000_000L;
    /** Two digits: an error of at most 1 %, and 512 callers need only some 15 MB. */
    private static final int SIGNIFICANT_DIGITS = 2;

    private final Histogram nanos = new Histogram(NANOS_MAX, SIGNIFICANT_DIGITS);

    void record(long elapsedNanos) {
        nanos.recordValue(Math.min(NANOS_MAX, Math.max(1, elapsedNanos)));
    }

    void add(Latencies other) {
        nanos.add(other.nanos);
    }

    long count() {
        return nanos.getTotalCount();
    }

    /**
     * The latency that this share of the operations did not exceed.
     *
     * @param percentile 0 to 100; 50 is the median
     */
    double micros(double percentile) {
        return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / 1_000.0;
    }

    double maxMicros() {
        return nanos.getMaxValue() / 1_000.0;
    }
}
