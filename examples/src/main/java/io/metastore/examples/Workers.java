package io.metastore.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that work side by side on one task each. Closing interrupts those still at work. */
final class Workers<T> implements AutoCloseable {

    private final ExecutorService threads;
    private final List<Future<T>> running = new ArrayList<>();

    private Workers(ExecutorService threads) {
        this.threads = threads;
    }

    /** Starts one thread for each task. */
    static <T> Workers<T> start(String name, List<Callable<T>> tasks) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(
                tasks.size(), task -> new Thread(task, name + "-" + number.incrementAndGet()));
        Workers<T> workers = new Workers<>(threads);
        tasks.forEach(task -> workers.running.add(threads.submit(task)));
        return workers;
    }

    /** Waits for all of them; the first failure is thrown as it was. */
    List<T> results() throws InterruptedException {
        List<T> results = new ArrayList<>();
        for (Future<T> each : running) {
            try {
                results.add(each.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException("a worker failed: " + e.getCause(), e.getCause());
            }
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
