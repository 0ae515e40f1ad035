package io.metastore.raft.internal.transfer;

import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when somebody waits for it, and then at once. Thread-safe. */
final class VirtualClock implements WaitingClock {

    private final AtomicLong nanos = new AtomicLong(1L << 40);
    private final AtomicLong waitedNanos = new AtomicLong();

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void await(long howLong) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (howLong > 0) {
            nanos.addAndGet(howLong);
            waitedNanos.addAndGet(howLong);
        }
    }

    void advanceSeconds(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000L);
    }

    long waitedNanos() {
        return waitedNanos.get();
    }
}
