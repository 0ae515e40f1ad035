package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the work of one appender step by step, one step at a time: on the thread that has news for it, so that a commit costs no hand-over, and on one of its
 * own for what is due without news and for callers that hold the division's lock, which must not run another member's code.
 */
final class AppenderSteps {

    /** What is done in a step, and when the next one is due without news. */
    interface Work {

        void step() throws IOException;

        /** A step has thrown this. */
        void failed(Exception e);

        /** A step has died: none runs after it. */
        void died(Error e);

        /** Whether the own thread goes on. */
        boolean isRunning();

        /** What the own thread does before a step and after it. */
        void before();

        void after();

        /** Whether something is about to happen that others do not tell of. */
        boolean isActive();

        /** How long the own thread looks after nothing while that is not so. */
        long idleNanos();
    }

    private final Object lock;
    private final Work work;
    private final long activeNanos;

    /** News since the running step began, and whether one runs. */
    private final AtomicInteger news = new AtomicInteger();

    private volatile boolean asleep;
    private volatile @Nullable Thread ownThread;
    private volatile boolean stopped;

    /**
     * @param lock whoever holds it runs no step
     * @param activeNanos how long the own thread sleeps at most while the work is active
     */
    AppenderSteps(Object lock, Work work, long activeNanos) {
        this.lock = lock;
        this.work = work;
        this.activeNanos = activeNanos;
    }

    /** Runs steps until there is no news; returns at once when another thread is at it. */
    void run() {
        if (Thread.holdsLock(lock)) {
            wakeOwnThread();
            return;
        }
        if (news.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                work.step();
            } catch (IOException | RuntimeException e) {
                work.failed(e);
            } catch (Error e) {
                work.died(e);
                throw e;
            }
            seen = news.addAndGet(-seen);
        } while (seen != 0);
    }

    /** The own thread's course, until the work does not run any more or {@link #stop}. */
    void runOwnThread() {
        ownThread = Thread.currentThread();
        while (work.isRunning() && !stopped) {
            work.before();
            run();
            work.after();
            sleep();
        }
    }

    private void sleep() {
        asleep = true; // Before looking: whoever sends entries from now on wakes this thread.
        boolean active = work.isActive();
        if (active) {
            asleep = false;
        }
        LockSupport.parkNanos(this, active ? activeNanos : Math.max(1, work.idleNanos()));
        asleep = false;
    }

    boolean onOwnThread() {
        return Thread.currentThread() == ownThread;
    }

    void wakeOwnThread() {
        Thread thread = ownThread;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** So that it sees what follows from what was just sent. */
    void wakeOwnThreadIfAsleep() {
        if (asleep) {
            wakeOwnThread();
        }
    }

    /** Ends the own thread soon. */
    void stop(Thread own) {
        stopped = true;
        LockSupport.unpark(own);
    }
}
