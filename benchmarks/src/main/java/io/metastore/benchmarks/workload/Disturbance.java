package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.workload.PhasedLoop.Phase;

/** Writes with a disturbance held against the same writes without it. */
final class Disturbance {
    private Disturbance() {}

    /** How the two kinds of phases differ; ratios to nothing are left out. */
    static Figures compare(PhasedLoop loop, Figures more) {
        PhasedLoop.Result quiet = loop.result(Phase.QUIET);
        PhasedLoop.Result disturbed = loop.result(Phase.DISTURBED);
        double quietP99 = quiet.latencies().micros(99);
        double quietMax = quiet.latencies().maxMicros();
        return more.with(Figure.QUIET_OPS_PER_SECOND, quiet.opsPerSecond())
                .with(Figure.QUIET_P99_MICROS, quietP99)
                .with(Figure.QUIET_MAX_MICROS, quietMax)
                .with(Figure.MAX_MICROS, disturbed.latencies().maxMicros())
                .with(Figure.THROUGHPUT_RATIO, disturbed.opsPerSecond() / quiet.opsPerSecond())
                .with(Figure.P99_RATIO, disturbed.latencies().micros(99) / quietP99)
                .with(Figure.MAX_RATIO, disturbed.latencies().maxMicros() / quietMax);
    }
}
