package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.ThreadPlace;
import java.time.Duration;
import java.util.List;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes Ratis within a bound. Ratis itself waits up to a day for its pools, up to three seconds for a journal writer that is asleep in its queue or, after its disk
 * has failed, waits in the closing of the journal for its own end, and leaves timers running for an election timeout.
 */
final class EngineShutdown {
    private static final Logger log = LoggerFactory.getLogger(EngineShutdown.class);

    private static final long POLL_MILLIS = 2;

    private final RatisSettings settings;
    private final EngineThreads threads;
    private final @Nullable RaftLog journal;

    /** Prepares to close; the journal is null when it was never opened. */
    EngineShutdown(RatisSettings settings, EngineThreads threads, @Nullable RaftLog journal) {
        this.settings = settings;
        this.threads = threads;
        this.journal = journal;
    }

    void run(Runnable closeServer, Duration bound) {
        long deadline = System.nanoTime() + bound.toNanos();
        Thread closer = new Thread(closeServer, settings.threadPrefix() + "-journal-close");
        closer.setDaemon(true);
        closer.start();
        boolean interrupted = false;
        while (System.nanoTime() < deadline
                && (closer.isAlive() || !threads.alive().isEmpty())) {
            if (closer.isAlive()) {
                wakeIdleWriter();
            } else {
                threads.alive().forEach(Thread::interrupt); // What Ratis leaves behind sleeps, or waits for votes.
            }
            interrupted |= pause(closer);
        }
        if (closer.isAlive() || !threads.alive().isEmpty()) {
            giveUp(closer);
        }
        threads.discard();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the wait of a journal writer that has nothing left to write; never touches one that writes, which would tear an entry. */
    private void wakeIdleWriter() {
        if (journal == null || journal.isOpened()) {
            return;
        }
        for (Thread thread : threads.alive()) {
            if (thread.getState() == Thread.State.TIMED_WAITING && isIdleWriter(thread.getStackTrace())) {
                thread.interrupt();
            }
        }
    }

    /** Only the writer's own thread runs {@code run}: what it calls on the way to its wait tells what it waits for. */
    private static boolean isIdleWriter(StackTraceElement[] stack) {
        boolean waiting = false;
        for (StackTraceElement frame : stack) {
            boolean writer = frame.getClassName().endsWith(".SegmentedRaftLogWorker");
            waiting |=
                    isCall(frame, ".DataBlockingQueue", "poll") || isCall(frame, ".ConcurrentUtils", "shutdownAndWait");
            if (waiting && writer && frame.getMethodName().equals("run")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCall(StackTraceElement frame, String type, String method) {
        return frame.getClassName().endsWith(type) && frame.getMethodName().equals(method);
    }

    /** Waits a little for the next thread to end; tells whether it was interrupted. */
    private boolean pause(Thread closer) {
        try {
            if (closer.isAlive()) {
                closer.join(POLL_MILLIS);
            } else {
                List<Thread> left = threads.alive();
                if (!left.isEmpty()) {
                    left.get(0).join(POLL_MILLIS);
                }
            }
            return false;
        } catch (InterruptedException e) {
            return true; // Closing goes on, within its bound; the interrupt is passed on at the end.
        }
    }

    private void giveUp(Thread closer) {
        List<Thread> left = threads.alive();
        List<String> where = left.stream().map(ThreadPlace::of).toList(); // Before they are woken.
        left.forEach(Thread::interrupt);
        closer.interrupt();
        log.warn(
                "journal engine did not stop in time: node={} directory={} threads={}; the directory may stay locked until they end",
                settings.self(),
                settings.directory(),
                where);
    }
}
