package io.metastore.raft.internal.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.util.Daemon;
import org.jspecify.annotations.Nullable;

/**
 * All threads of one engine. Ratis creates threads in many places, some of which outlive its {@code close()} for a while; what they have in common is
 * that a new thread joins the group of its creator and is a daemon when its creator is. So everything is started from one daemon in a group of our
 * own. Others may have created a thread on one of ours, a shared timer for example; those are in the group but are never touched, see {@link #own}.
 */
final class EngineThreads extends ThreadGroup {
    private static final long POOL_IDLE_SECONDS = 5;

    private final String member;
    private final Set<Thread> started = ConcurrentHashMap.newKeySet();

    /** Null once discarded: a foreign thread may keep the group, and must not keep the store with it. */
    private volatile @Nullable EngineLife life;

    /** Prepares the group of a member that Ratis knows by this name. */
    EngineThreads(String prefix, String member, EngineLife life) {
        super(outside(), prefix + "-journal");
        this.member = member;
        this.life = life;
    }

    /** The caller may run on a thread of another engine; its group must not become the parent. */
    private static ThreadGroup outside() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group instanceof EngineThreads || group.getParent() instanceof EngineThreads) {
            group = group.getParent();
        }
        return group;
    }

    /** A thread died of an exception: without this, Ratis would go on, for example as a leader that commits nothing. */
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        EngineLife current = life;
        if (current != null && own(thread)) {
            current.fail("thread died: thread=" + thread.getName(), failure);
        } else {
            super.uncaughtException(thread, failure);
        }
    }

    /** Runs the work on a thread of the group and waits for it, without a bound; an interrupt is passed on. */
    <T> T call(String name, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = start(name, task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Starts a daemon in the group. */
    Thread start(String name, Runnable work) {
        Thread thread = create(name, work);
        thread.start();
        return thread;
    }

    /** Threads of the group as they are needed, for work that may wait; each ends after a few idle seconds. */
    ExecutorService pool(String name) {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE, // As many as other members ask at once, which is few.
                POOL_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> create(name, work));
    }

    private Thread create(String name, Runnable work) {
        Thread thread = new Thread(this, work, name);
        thread.setDaemon(true);
        // What Ratis finds by name has to be looked for where this class comes from, whoever opens the engine.
        thread.setContextClassLoader(EngineThreads.class.getClassLoader());
        started.removeIf(old -> old.getState() == Thread.State.TERMINATED);
        started.add(thread);
        return thread;
    }

    /** The engine's threads that are alive. */
    List<Thread> alive() {
        Thread[] found = new Thread[activeCount() + 16];
        int count = enumerate(found);
        List<Thread> alive = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (own(found[i])) {
                alive.add(found[i]);
            }
        }
        return alive;
    }

    /** Whether this class or Ratis created a thread of the group. */
    private boolean own(Thread thread) {
        String name = thread.getName();
        return started.contains(thread)
                || thread instanceof Daemon
                || name.startsWith(member + "@group-")
                || name.startsWith(member + "-impl-thread")
                || name.startsWith(member + "-groupManagement")
                || name.startsWith(member + "-server-thread")
                || name.startsWith(member + "-client-thread");
    }

    /** Forgets the group; before JDK 19 a group without threads is otherwise kept by its parent for good. */
    @SuppressWarnings("removal")
    void discard() {
        life = null;
        try {
            destroy();
        } catch (IllegalThreadStateException e) {
            // A thread is left, which may be one of those timers, or the group is gone already.
        }
    }
}
