package io.metastore.examples;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what tells nobody when it has come. */
final class Patience {

    /** Long enough for a slow machine; nothing of it is used up on a fast one. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration LOOK = Duration.ofMillis(20);

    private Patience() {}

    /**
     * Looks again and again.
     *
     * @param what in words, for the failure
     */
    static void until(String what, BooleanSupplier isSo) {
        long start = System.nanoTime();
        while (!isSo.getAsBoolean()) {
            if (Report.since(start).compareTo(LIMIT) > 0) {
                throw new IllegalStateException("it did not come to that: '" + what + "' within=" + LIMIT);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
