package io.metastore.snapshot.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Which of all points of a long enumeration are visited: every one with {@code -Dfault.points=all}, otherwise every sixth one, from one that is drawn anew each time
 * and printed, and given again with {@code -Dfault.first}.
 */
public final class FaultPoints {
    private static final int STRIDE = 6;

    private FaultPoints() {}

    /** Whether every point is visited. */
    public static boolean areAll() {
        return System.getProperty("fault.points", "").equals("all");
    }

    /** Those to be visited. */
    public static <T> List<T> of(List<T> all) {
        return of(all, STRIDE);
    }

    /** Those to be visited where each takes long: unless all are, one of so many. */
    public static <T> List<T> of(List<T> all, int stride) {
        if (areAll()) {
            return all;
        }
        int first = Integer.getInteger("fault.first", new Random().nextInt(stride));
        System.out.println("every " + stride + "th of " + all.size() + " points from " + first
                + " on: again with -Dfault.first=" + first + ", all with -Dfault.points=all");
        List<T> some = new ArrayList<>();
        for (int i = first; i < all.size(); i += stride) {
            some.add(all.get(i));
        }
        return some;
    }

    /** Runs what each point does, so many side by side as each mostly waits for the disk; returns the sum of their results. */
    public static int runAll(List<Callable<Integer>> points, int sideBySide) {
        ExecutorService pool = Executors.newFixedThreadPool(sideBySide);
        try {
            int sum = 0;
            for (Future<Integer> point : pool.invokeAll(points)) {
                sum += point.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }
}
