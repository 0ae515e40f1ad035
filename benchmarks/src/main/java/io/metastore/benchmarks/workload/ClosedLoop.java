package io.metastore.benchmarks.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * N callers, each a thread that begins its next operation when the one before has returned.
 *
 * <p>Counted are the operations that end inside the measured window, with the processor time of that window. Callers that
 * are still waiting a minute after its end are interrupted; the operation they were in counts as an error.
 */
final class ClosedLoop {
    private static final Duration LAST_OPERATION_MAX = Duration.ofMinutes(1);

    private ClosedLoop() {}

    /** One operation of one caller. */
    @FunctionalInterface
    interface Operation {
        void run(SplittableRandom random) throws Exception;
    }

    /** What the callers have seen together. */
    record Result(Latencies latencies, double seconds, long cpuNanos, long errors) {
        double opsPerSecond() {
            return latencies.count() / seconds;
        }

        double cpuMicrosPerOp() {
            return latencies.count() == 0 ? 0 : cpuNanos / 1_000.0 / latencies.count();
        }
    }

    /** Counts the processor time of this process alone. */
    static Result run(int callers, Duration warmUp, Duration measured, Operation operation)
            throws InterruptedException {
        return run(callers, warmUp, measured, ProcessResources::cpuNanos, operation);
    }

    /** Counts the processor time that the supplier tells, which only grows. */
    static Result run(int callers, Duration warmUp, Duration measured, LongSupplier cpu, Operation operation)
            throws InterruptedException {
        long begin = System.nanoTime() + warmUp.toNanos();
        long end = begin + measured.toNanos();
        List<Caller> running = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Caller caller = new Caller(i, begin, end, operation);
            running.add(caller);
            caller.start();
        }
        sleepUntil(begin);
        long cpuBegin = cpu.getAsLong();
        sleepUntil(end);
        long cpuNanos = cpu.getAsLong() - cpuBegin;
        return sum(running, measured, cpuNanos);
    }

    private static Result sum(List<Caller> callers, Duration measured, long cpuNanos) throws InterruptedException {
        long deadline = System.nanoTime() + LAST_OPERATION_MAX.toNanos();
        Latencies latencies = new Latencies();
        long errors = 0;
        for (Caller caller : callers) {
            caller.awaitEnd(deadline);
            latencies.add(caller.latencies());
            errors += caller.errors();
        }
        return new Result(latencies, measured.toNanos() / 1e9, cpuNanos, errors);
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        long left = nanoTime - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }
}
