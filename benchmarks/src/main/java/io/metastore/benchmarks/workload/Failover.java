package io.metastore.benchmarks.workload;

import io.metastore.benchmarks.Cluster;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One round of W5: one writer in a closed loop, the leader is stopped under it.
 *
 * <p>The figure is the longest time without an acknowledgement, from the call that stops the leader until the first put
 * begun after that call has returned is acknowledged. It does not depend on how long a system takes to close. A put that
 * is still under way when the leader is down is given up: outside this JVM its caller would have seen the connection break.
 */
final class Failover {
    private static final long INTERRUPTION_NANOS_MAX = TimeUnit.MINUTES.toNanos(2);
    private static final long ATTEMPT_SECONDS_MAX = 30;

    private final Cluster cluster;
    private final AtomicLong errors;
    private final byte[] value = Records.value(new SplittableRandom(5));
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "failover");
        thread.setDaemon(true);
        return thread;
    });

    /** Adds to the errors each attempt that failed or was given up. */
    Failover(Cluster cluster, AtomicLong errors) {
        this.cluster = cluster;
        this.errors = errors;
    }

    /** To be called once. */
    long interruptionNanos() throws InterruptedException, ExecutionException {
        try {
            CompletableFuture<Void> stopped = new CompletableFuture<>();
            long last = acknowledged(System.nanoTime(), stopped);
            begin(this::stopLeader, stopped);
            long longest = 0;
            boolean over = false;
            while (!over) {
                boolean begunAfterStop = stopped.isDone();
                long now = acknowledged(last, stopped);
                longest = Math.max(longest, now - last);
                last = now;
                over = begunAfterStop;
            }
            stopped.get();
            return longest;
        } finally {
            threads.shutdown();
        }
    }

    /** Writes until one write is acknowledged, and says when that was. */
    private long acknowledged(long since, CompletableFuture<Void> stopped) throws InterruptedException {
        while (!attempt(stopped)) {
            errors.incrementAndGet();
            if (System.nanoTime() - since > INTERRUPTION_NANOS_MAX) {
                throw new IllegalStateException("no write is acknowledged any more: cluster=" + cluster);
            }
            Thread.sleep(1);
        }
        return System.nanoTime();
    }

    private boolean attempt(CompletableFuture<Void> stopped) throws InterruptedException {
        CompletableFuture<Void> written = new CompletableFuture<>();
        CompletableFuture<?> over = stopped.isDone() ? written : CompletableFuture.anyOf(written, stopped);
        begin(this::put, written);
        try {
            over.get(ATTEMPT_SECONDS_MAX, TimeUnit.SECONDS);
            return written.isDone() && !written.isCompletedExceptionally();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private void begin(Callable<Void> task, CompletableFuture<Void> result) {
        threads.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
    }

    private Void put() throws Exception {
        cluster.put(Records.key(0), value);
        return null;
    }

    private Void stopLeader() throws Exception {
        cluster.stopLeader();
        return null;
    }
}
