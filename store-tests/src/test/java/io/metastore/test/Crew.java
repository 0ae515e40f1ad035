package io.metastore.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Threads of a test. What one of them throws fails the test, and none is waited for without end. */
final class Crew implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /** What a thread does; asks {@link #isOver} when it goes on until told otherwise. */
    interface Work {
        void run() throws Exception;
    }

    void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception | Error e) {
                        failures.add(e);
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    boolean isOver() {
        return over;
    }

    /** Fails when a thread has failed by now: so that nobody waits for what will not come. */
    void check() {
        if (!failures.isEmpty()) {
            AssertionError failure = new AssertionError("a thread of the test failed", failures.peek());
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** Tells all to end, and waits until they have. */
    void finish() {
        over = true;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
            if (thread.isAlive()) {
                AssertionError stuck = new AssertionError("a thread of the test does not end: " + thread.getName());
                stuck.setStackTrace(thread.getStackTrace());
                throw stuck;
            }
        }
        check();
    }

    /** When the test has failed already, so that its threads do not go on. */
    @Override
    public void close() {
        over = true;
        threads.forEach(Thread::interrupt);
    }
}
