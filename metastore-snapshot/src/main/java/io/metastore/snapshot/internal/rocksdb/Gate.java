package io.metastore.snapshot.internal.rocksdb;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Lets threads in until it is closed; closing returns when the last has left. What is inside may use native objects that are freed after closing.
 *
 * <p>Entering and leaving is one atomic addition each, on a stripe chosen by thread so that readers on many cores do not share a cache line. A
 * thread that closes a gate it is itself inside of waits for ever; nothing here calls out to other code while inside.
 */
final class Gate {

    private static final int STRIDE = 16; // Integers per cache line.

    private final AtomicIntegerArray inside;
    private final int mask;
    private final Supplier<? extends RuntimeException> refusal;
    private volatile boolean closed;

    /**
     * @param stripes a power of two
     * @param refusal what to throw at whoever comes too late
     */
    Gate(int stripes, Supplier<? extends RuntimeException> refusal) {
        this.inside = new AtomicIntegerArray(stripes * STRIDE);
        this.mask = stripes - 1;
        this.refusal = refusal;
    }

    /** Enters; to be followed by {@link #leave} with the returned stripe. */
    int enter() {
        int stripe = ((int) Thread.currentThread().getId() & mask) * STRIDE;
        inside.incrementAndGet(stripe);
        if (closed) { // Both are volatile: either this sees the closing or the closing sees this.
            inside.decrementAndGet(stripe);
            throw refusal.get();
        }
        return stripe;
    }

    void leave(int stripe) {
        inside.decrementAndGet(stripe);
    }

    boolean isClosed() {
        return closed;
    }

    /** Refuses everyone from now on and returns when nobody is inside. Idempotent. */
    void close() {
        closed = true;
        for (int stripe = 0; stripe < inside.length(); stripe += STRIDE) {
            for (int spins = 0; inside.get(stripe) != 0; spins++) {
                if (spins < 100) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(
                            50_000); // Calls are short, apart from flushes, which somebody waits for anyway.
                }
            }
        }
    }
}
