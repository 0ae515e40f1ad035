package io.metastore.raft.internal.transport;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Timer threads: one shared by everything inside the JVM that has no threads of its own, or one per transport. */
final class TransportTimer {
    private static final ScheduledExecutorService SHARED = create(TransportTimer::sharedThread);

    private TransportTimer() {}

    /** The one for in-JVM transports and faults. Its daemon thread ends after a second without work and comes back when needed. */
    static ScheduledExecutorService shared() {
        return SHARED;
    }

    /** A timer with one thread that starts with the first task; cancelled tasks leave the queue at once. */
    static ScheduledExecutorService create(ThreadFactory threads) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    private static Thread sharedThread(Runnable task) {
        Thread thread = new Thread(task, "metastore-shared-timer");
        thread.setDaemon(true);
        return thread;
    }
}
