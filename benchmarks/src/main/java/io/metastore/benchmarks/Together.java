package io.metastore.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same done to several members at once. */
public final class Together {
    private Together() {}

    /** What is done to one of them. */
    @FunctionalInterface
    public interface Action<T> {
        void on(T member) throws Exception;
    }

    /** Returns when it is done to all; the first failure is thrown then. */
    public static <T> void run(List<T> members, Action<T> action) throws InterruptedException, ExecutionException {
        List<T> chosen = List.copyOf(members);
        ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, chosen.size()));
        try {
            List<Future<?>> running = new ArrayList<>();
            for (T member : chosen) {
                running.add(threads.submit(() -> {
                    action.on(member);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }
}
