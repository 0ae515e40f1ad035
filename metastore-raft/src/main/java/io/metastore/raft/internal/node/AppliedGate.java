package io.metastore.raft.internal.node;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where threads wait for the state to move on. The apply thread opens it after each entry; that costs one volatile read while nobody waits.
 */
final class AppliedGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /** The state has moved, or will not move any more. */
    void signal() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                moved.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Waits until the condition holds.
     *
     * @param reached reads what the apply thread published before it signalled
     * @return false when the deadline passed first
     */
    boolean await(BooleanSupplier reached, Deadline deadline) throws InterruptedException {
        if (reached.getAsBoolean()) {
            return true;
        }
        waiting.incrementAndGet();
        lock.lock();
        try {
            while (!reached.getAsBoolean()) {
                if (moved.awaitNanos(deadline.remainingNanos()) <= 0) {
                    return reached.getAsBoolean();
                }
            }
            return true;
        } finally {
            lock.unlock();
            waiting.decrementAndGet();
        }
    }
}
