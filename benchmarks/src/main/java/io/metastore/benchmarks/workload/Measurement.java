package io.metastore.benchmarks.workload;

/**
 * What one cell has shown; one line of the results.
 *
 * <p>W5 gives the interruption in the latency fields (p50 is the median of the rounds, p99 and p999 the worst); W6 and W6I the time to open in all of
 * them, and records or transactions per second; W7 the loading of the records; CKPT, SHIP and W8 the writes while they are disturbed; ARCHIVE the import.
 *
 * @param repetition from 1
 * @param cpuMicrosPerOp of all members and callers together
 * @param errors failed operations, of the warm-up too
 * @param figures what only this workload has
 */
public record Measurement(
        String system,
        Workload workload,
        int callers,
        int repetition,
        double opsPerSecond,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double cpuMicrosPerOp,
        long errors,
        Figures figures) {
    Measurement with(Figures others) {
        return new Measurement(
                system,
                workload,
                callers,
                repetition,
                opsPerSecond,
                p50Micros,
                p99Micros,
                p999Micros,
                cpuMicrosPerOp,
                errors,
                others);
    }
}
