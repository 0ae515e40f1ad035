package io.metastore.benchmarks;

import java.time.Duration;

/** Waiting for a state that a system does not announce. */
public final class Await {
    private static final long POLL_MILLIS = 2;

    private Await() {}

    /** A question that may fail while members start or stop; a failure counts as no. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns once the condition holds, asking every 2 ms.
     *
     * @throws IllegalStateException when it does not within {@code max}
     */
    public static void until(String what, Duration max, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + max.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("gave up waiting: for=" + what + " max=" + max);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static boolean holds(Condition condition) throws InterruptedException {
        try {
            return condition.holds();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return false;
        }
    }
}
