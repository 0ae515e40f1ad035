package io.metastore.benchmarks.workload;

/**
 * What one cell has shown; one line of the results.
 *
 * <p>W5 gives the interruption in the latency fields (p50 is the median of the rounds, p99 and p999 the worst); W6 the time
 * to open in all of them, and records per second; W7 the loading of the records, and what they occupy.
 *
 * @param repetition from 1
 * @param cpuMicrosPerOp of all members and callers together
 * @param errors failed operations, of the warm-up too
 * @param residentBytes of the processes of all members, {@link #UNKNOWN} except in W7
 * @param diskBytes of all members, {@link #UNKNOWN} except in W7
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
        long residentBytes,
        long diskBytes) {
    /** Not measured. */
    public static final long UNKNOWN = -1;
}
