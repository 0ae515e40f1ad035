package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.workload.PhasedLoop.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** A caller of a {@link PhasedLoop}. */
final class PhasedCaller extends CallerThread {
    private final Supplier<Phase> phase;
    private final Map<Phase, Latencies> latencies = new EnumMap<>(Phase.class);
    private volatile boolean finished;

    PhasedCaller(int number, Supplier<Phase> phase, ClosedLoop.Operation operation) {
        super(number, operation);
        this.phase = phase;
        for (Phase each : Phase.values()) {
            latencies.put(each, new Latencies());
        }
    }

    @Override
    public void run() {
        while (!finished && !isInterrupted()) {
            Latencies own = latencies(phase.get());
            long started = System.nanoTime();
            if (attempt()) {
                own.record(System.nanoTime() - started);
            }
        }
    }

    /** Begins no further operation. */
    void finish() {
        finished = true;
    }

    Latencies latencies(Phase of) {
        Latencies own = latencies.get(of);
        if (own == null) {
            throw new IllegalStateException("no such phase: phase=" + of);
        }
        return own;
    }
}
