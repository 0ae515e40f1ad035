package io.metastore.benchmarks.workload;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of one caller: how it makes one attempt, counts errors, and is waited for. What it counts may be read once {@link #awaitEnd} has returned. */
abstract class CallerThread extends Thread {
    private static final Logger log = LoggerFactory.getLogger(CallerThread.class);
    /** A system that refuses at once is asked again after this long, so that it is not measured under a storm. */
    private static final long PAUSE_AFTER_ERROR_MILLIS = 1;

    private final ClosedLoop.Operation operation;
    private final SplittableRandom random;
    private long errors;

    CallerThread(int number, ClosedLoop.Operation operation) {
        super("caller-" + number);
        setDaemon(true);
        this.operation = operation;
        this.random = new SplittableRandom(number);
    }

    /** Calls {@link #attempt} again and again until it is to end or is interrupted. */
    @Override
    public abstract void run();

    /** One operation; false when it failed. */
    final boolean attempt() {
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

    /** Waits for the last operation, interrupting it at the deadline, and for ten more seconds at most. */
    final void awaitEnd(long deadlineNanoTime) throws InterruptedException {
        join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanoTime - System.nanoTime())));
        if (isAlive()) {
            interrupt();
            join(10_000);
        }
        if (isAlive()) {
            throw new IllegalStateException("caller does not return, not even when interrupted: thread=" + getName());
        }
    }

    final long errors() {
        return errors;
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
