package io.metastore.raft.internal.transfer;

import java.util.concurrent.TimeUnit;

/** A monotonic clock that can be waited on, so that a test need not wait. */
public interface WaitingClock {

    /** The real one. */
    WaitingClock SYSTEM = new WaitingClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void await(long nanos) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    };

    /** Like {@link System#nanoTime}. */
    long nanoTime();

    /** Lets so much time pass; at once when it is zero or less. */
    void await(long nanos) throws InterruptedException;
}
