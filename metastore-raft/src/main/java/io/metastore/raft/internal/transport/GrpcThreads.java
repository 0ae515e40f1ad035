package io.metastore.raft.internal.transport;

import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every thread of one {@link GrpcTransport}: I/O for both directions, a few for handlers that may block, two for those that read images, two
 * that resolve names and connect, a timer. All are daemons; all but the I/O threads end when idle. gRPC would otherwise share loops and pools over the whole JVM, with names
 * and lifetimes that are not ours.
 */
final class GrpcThreads {
    private static final int HANDLER_THREADS = 4;
    private static final int HANDLER_QUEUE_MAX = 1024;
    private static final int BULK_THREADS = 2;
    private static final int BULK_QUEUE_MAX = 64;
    private static final int CONNECT_THREADS = 2;

    /** Every thread not yet found dead; to be joined, as executors say that they have ended a moment before their threads do. */
    private final Set<Thread> started = ConcurrentHashMap.newKeySet();

    private final NioEventLoopGroup io;
    private final ThreadPoolExecutor handlers;
    private final ThreadPoolExecutor bulkHandlers;
    private final ThreadPoolExecutor connectors;
    private final ScheduledExecutorService timer;

    GrpcThreads(String prefix, int ioThreads) {
        AtomicInteger lastIo = new AtomicInteger();
        ThreadFactory ioThreadFactory = // Netty's buffers are quicker to get on its own kind of thread.
                task -> track(new FastThreadLocalThread(task, prefix + "-io-" + lastIo.incrementAndGet()));
        io = new NioEventLoopGroup(ioThreads, ioThreadFactory);
        handlers = pool(prefix + "-handler", HANDLER_THREADS, HANDLER_QUEUE_MAX);
        bulkHandlers = pool(prefix + "-bulk", BULK_THREADS, BULK_QUEUE_MAX);
        connectors = pool(prefix + "-connect", CONNECT_THREADS, Integer.MAX_VALUE); // Bounded by the number of peers.
        timer = TransportTimer.create(task -> track(new Thread(task, prefix + "-transport-timer")));
    }

    NioEventLoopGroup io() {
        return io;
    }

    /** For handlers that may block; rejects when too many wait. Those that read images have threads of their own: a vote waits for none of them. */
    ExecutorService handlers(TrafficClass trafficClass) {
        return trafficClass == TrafficClass.BULK ? bulkHandlers : handlers;
    }

    /** For what blocks in name resolution. */
    ExecutorService connectors() {
        return connectors;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** Whether waiting for these threads on this one would never end. */
    boolean isOwnThread() {
        return started.contains(Thread.currentThread());
    }

    /** Stops taking work; queued work is dropped, running handlers are interrupted. */
    @SuppressWarnings("FutureReturnValueIgnored") // Its listener would need one more thread; awaited below.
    void shutdown() {
        timer.shutdownNow();
        connectors.shutdownNow();
        handlers.shutdownNow();
        bulkHandlers.shutdownNow();
        io.shutdownGracefully(0, 300, TimeUnit.MILLISECONDS);
    }

    /** Waits until every thread has ended, or for the deadline on the clock of {@link System#nanoTime}. */
    void awaitEnd(long deadlineNanos) throws InterruptedException {
        io.awaitTermination(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        for (Thread thread : started) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            thread.join(Math.max(1, leftMillis));
        }
    }

    private ThreadPoolExecutor pool(String name, int threads, int queueMax) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queueMax), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private ThreadFactory named(String name) {
        AtomicInteger last = new AtomicInteger();
        return task -> track(new Thread(task, name + "-" + last.incrementAndGet()));
    }

    private Thread track(Thread thread) {
        thread.setDaemon(true);
        started.removeIf(other -> other.getState() == Thread.State.TERMINATED);
        started.add(thread);
        return thread;
    }
}
