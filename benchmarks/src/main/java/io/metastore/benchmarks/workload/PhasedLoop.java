package io.metastore.benchmarks.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * N callers without a pause, while the thread that owns this goes from phase to phase: the same callers, threads and compiled code see the system with and
 * without a disturbance. An operation belongs to the phase in which it began, so that a stall counts where it was caused. Used by one thread.
 */
final class PhasedLoop {
    private static final Duration LAST_OPERATION_MAX = Duration.ofMinutes(1);

    /** What the operations that begin now are counted as; phases may come again. */
    enum Phase {
        /** Not counted, errors excepted. */
        UNCOUNTED,
        QUIET,
        DISTURBED,
        /** When the disturbance is over and all members are level. */
        WHOLE
    }

    /** What was seen in all phases of one kind. */
    record Result(Latencies latencies, double seconds, long cpuNanos) {
        double opsPerSecond() {
            return seconds == 0 ? 0 : latencies.count() / seconds;
        }

        double cpuMicrosPerOp() {
            return latencies.count() == 0 ? 0 : cpuNanos / 1_000.0 / latencies.count();
        }
    }

    private final LongSupplier cpu;
    private final List<PhasedCaller> callers = new ArrayList<>();
    private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
    private final Map<Phase, Long> cpuNanos = new EnumMap<>(Phase.class);
    private volatile Phase phase = Phase.UNCOUNTED;
    private long phaseBegan = System.nanoTime();
    private long phaseBeganCpu;

    private PhasedLoop(LongSupplier cpu) {
        this.cpu = cpu;
        this.phaseBeganCpu = cpu.getAsLong();
    }

    /**
     * Starts the callers, uncounted. To be ended in any case.
     *
     * @param cpu processor time so far, which only grows
     */
    static PhasedLoop start(int callers, LongSupplier cpu, ClosedLoop.Operation operation) {
        PhasedLoop loop = new PhasedLoop(cpu);
        for (int i = 0; i < callers; i++) {
            PhasedCaller caller = new PhasedCaller(i, () -> loop.phase, operation);
            loop.callers.add(caller);
            caller.start();
        }
        return loop;
    }

    /** Ends the current phase and begins another. */
    void begin(Phase next) {
        long now = System.nanoTime();
        long nowCpu = cpu.getAsLong();
        nanos.merge(phase, now - phaseBegan, Long::sum);
        cpuNanos.merge(phase, nowCpu - phaseBeganCpu, Long::sum);
        phase = next;
        phaseBegan = now;
        phaseBeganCpu = nowCpu;
    }

    /** Stays in a phase for so long. */
    void stay(Phase now, Duration duration) throws InterruptedException {
        begin(now);
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    /** Ends the phase and the callers. Idempotent; results may be asked for afterwards. */
    void end() throws InterruptedException {
        begin(Phase.UNCOUNTED);
        callers.forEach(PhasedCaller::finish);
        long deadline = System.nanoTime() + LAST_OPERATION_MAX.toNanos();
        for (PhasedCaller caller : callers) {
            caller.awaitEnd(deadline);
        }
    }

    Result result(Phase of) {
        Latencies sum = new Latencies();
        callers.forEach(caller -> sum.add(caller.latencies(of)));
        return new Result(sum, nanos.getOrDefault(of, 0L) / 1e9, cpuNanos.getOrDefault(of, 0L));
    }

    /** Failed operations, whatever the phase. */
    long errors() {
        return callers.stream().mapToLong(PhasedCaller::errors).sum();
    }
}
