package io.metastore.benchmarks.workload;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of one caller. Its figures may be read once {@link #awaitEnd} has returned. */
final class Caller extends Thread {
    private static final Logger log = LoggerFactory.getLogger(Caller.class);
    /** A system that refuses at once is asked again after this long, so that it is not measured under a storm. */
    private static final long PAUSE_AFTER_ERROR_MILLIS = 1;

    private final long begin;
    private final long end;
    private final ClosedLoop.Operation operation;
    private final SplittableRandom random;
    private final Latencies latencies = new Latencies();
    private long errors;

    Caller(int number, long begin, long end, ClosedLoop.Operation operation) {
        super("caller-" + number);
        setDaemon(true);
        this.begin = begin;
        this.end = end;
        this.operation = operation;
        this.random = new SplittableRandom(number);
    }

    @Override
    public void run() {
        long started = System.nanoTime();
        while (started - end < 0 && !isInterrupted()) {
            boolean done = attempt();
            long ended = System.nanoTime();
            if (done && ended - begin >= 0 && ended - end <= 0) {
                latencies.record(ended - started);
            }
            started = done ? ended : System.nanoTime();
        }
    }

    /** Waits for the last operation, interrupting it at the deadline, and for ten more seconds at most. */
    void awaitEnd(long deadlineNanoTime) throws InterruptedException {
        join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanoTime - System.nanoTime())));
        if (isAlive()) {
            interrupt();
            join(10_000);
        }
        if (isAlive()) {
            throw new IllegalStateException("caller does not return, not even when interrupted: thread=" + getName());
        }
    }

    Latencies latencies() {
        return latencies;
    }

    long errors() {
        return errors;
    }

    private boolean attempt() {
        try {
            operation.run(random);
            return true;
        } catch (InterruptedException e) {
            errors++;
            interrupt();
            return false;
        } catch (Exception e) {
            errors++;
            if (errors == 1) {
                log.warn("first error of a caller, further ones are only counted: caller={}", getName(), e);
            }
            return pauseAfterError();
        }
    }

    private boolean pauseAfterError() {
        try {
            Thread.sleep(PAUSE_AFTER_ERROR_MILLIS);
        } catch (InterruptedException e) {
            interrupt();
        }
        return false;
    }
}
