package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.StoreFailedException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.ThreadPlace;
import io.metastore.raft.internal.transport.Transport;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The order in which a node is taken apart: intake first, then the journal, then the network, then state and files; and how far for a recovery. */
final class NodeClosing {

    private static final Logger log = LoggerFactory.getLogger(NodeClosing.class);

    /** One budget for all steps of closing; those below are what each of them may take of it. */
    private static final Duration CLOSE_MAX = Duration.ofMillis(1900);

    /** Kept back for what comes after the engine: network, state and directory. */
    private static final Duration CLOSE_END = Duration.ofMillis(400);

    private static final Duration METERS_MAX = Duration.ofMillis(100);
    private static final Duration FORMATION_MAX = Duration.ofMillis(200);
    private static final Duration IMAGES_MAX = Duration.ofMillis(400);
    private static final Duration REMEMBER_MAX = Duration.ofMillis(200);
    private static final Duration HAND_OVER_MAX = Duration.ofMillis(300);
    private static final Duration ENGINE_CLOSE_MAX = Duration.ofSeconds(1);
    private static final Duration SUSPEND_MAX = Duration.ofSeconds(10);

    private final NodeParts parts;

    /** The closing, once it has begun. Guarded by this. */
    private @Nullable FutureTask<@Nullable Void> closing;

    private volatile boolean suspended;

    NodeClosing(NodeParts parts) {
        this.parts = parts;
    }

    /**
     * Takes everything apart, to the end: on a thread of its own, so that an interrupt of the caller stops nothing halfway, and every part even when
     * another cannot be closed, a state on a full disk for one.
     *
     * <p>All steps share one deadline. A step that is stuck is left behind with its thread, which the log names, and the next one begins. Only the
     * state is never left before its last flush has ended, and the directory stays locked until then; when that takes longer than the deadline, this
     * returns all the same, the log names the thread that goes on, and nothing but state and directory is still held.
     *
     * @param orderly false: as if the process had died
     */
    void close(boolean orderly) {
        Deadline deadline = Deadline.after(CLOSE_MAX);
        String thread = parts.members.self() + "-close";
        FutureTask<@Nullable Void> task;
        boolean first;
        synchronized (this) {
            first = closing == null;
            task = closing == null ? Uninterrupted.start(thread, () -> takeApart(orderly, deadline)) : closing;
            closing = task;
        }
        try {
            if (!Uninterrupted.await(task, deadline)) {
                log.warn(
                        "closing takes long and goes on: member={} thread={} directory={}; the directory is locked until it ends",
                        parts.members.self(),
                        thread,
                        parts.directory.root());
            }
        } catch (RuntimeException | Error e) {
            if (first) { // Whoever closes again did nothing that could fail.
                throw e;
            }
        }
    }

    /**
     * Ends this member's part in its epoch: nothing of it is written or sent any more, and its files do not change. State and directory stay open, and local reads
     * go on.
     *
     * @throws MetastoreException the state cannot be made durable, or the journal does not come to rest
     */
    void suspend(String why, Function<PendingWrite, OutcomeUnknownException> unknown) {
        if (suspended) {
            return;
        }
        Deadline deadline = Deadline.after(SUSPEND_MAX);
        parts.shutGate(deadline);
        parts.condition.recovering(why);
        parts.proposer.giveUp(unknown);
        Unwinding.runAll(
                parts::stopHousekeeping,
                () -> parts.proposer.close(deadline),
                parts.gate::signal,
                parts::endMembership,
                () -> endFormation(deadline),
                () -> closeImages(deadline),
                () -> remember(deadline),
                () -> closeEngine(true, deadline),
                () -> bounded("transport", this::closeTransport, deadline));
        EngineFactory.Handle handle = parts.engineHandle();
        if (handle != null && !handle.engine().isDown()) {
            throw new StoreFailedException(
                    "the journal does not come to rest: directory=" + parts.directory.root() + " waited=" + SUSPEND_MAX
                            + "; nothing was changed; close the store, then recover from its directory");
        }
        parts.state.freeze();
        suspended = true;
        log.info("suspended: member={} because={} applied={}", parts.members.self(), why, parts.state.applied());
    }

    /** After {@link #suspend}, when another has opened the directory: calls that are under way end as they would have, state included. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the last reader; how it ended is logged.
    void retire() {
        parts.condition.closed();
        parts.onClose(() -> {});
        parts.workers.retire();
        parts.state.retire().whenComplete((nothing, failure) -> {
            if (failure != null) {
                log.warn("state of an epoch that has ended was not closed: member={}", parts.members.self(), failure);
            }
        });
    }

    /** Waits for the end of a closing that has begun. */
    boolean awaitClosed(Deadline deadline) {
        FutureTask<@Nullable Void> task;
        synchronized (this) {
            task = closing;
        }
        return task != null && Uninterrupted.await(task, deadline);
    }

    private void takeApart(boolean orderly, Deadline deadline) {
        long started = System.nanoTime();
        Unwinding.runAll(
                orderly ? () -> {} : () -> parts.shutGate(deadline),
                // The links of a process that died are dead at once.
                orderly ? () -> {} : () -> bounded("transport", this::closeTransport, deadline),
                parts.condition::closed,
                () -> bounded("meters", parts::closed, Deadline.after(deadline.atMost(METERS_MAX))),
                parts::stopHousekeeping,
                () -> parts.proposer.close(deadline),
                parts.gate::signal,
                parts::endMembership,
                () -> endFormation(deadline),
                () -> closeImages(deadline),
                // A process that died writes nothing more.
                orderly ? () -> remember(deadline) : () -> {},
                () -> closeEngine(orderly, deadline),
                () -> bounded("transport", this::closeTransport, deadline),
                parts.workers::endWorkers,
                parts.workers::endCallbacks,
                () -> closeState(orderly),
                parts.directory::close);
        log.info(
                "closed: member={} orderly={} millis={}",
                parts.members.self(),
                orderly,
                (System.nanoTime() - started) / 1_000_000);
    }

    /**
     * A member that has failed does not flush: the journal has it all, the disk may be what has failed, and RocksDB sleeps for a second over a flush that fails
     * before it can be closed.
     */
    private void closeState(boolean orderly) {
        if (orderly && !parts.condition.hasFailed()) {
            parts.state.close();
        } else {
            parts.state.abandon();
        }
    }

    /** For a step with code that is not ours, or that waits as long as it likes. */
    private void bounded(String part, Runnable step, Deadline deadline) {
        String thread = parts.members.self() + "-close-" + part;
        AtomicReference<@Nullable Thread> by = new AtomicReference<>();
        Runnable known = () -> {
            by.set(Thread.currentThread());
            step.run();
        };
        if (!Uninterrupted.await(Uninterrupted.start(thread, known), deadline)) {
            Thread left = by.get();
            log.warn(
                    "part did not close in time, is left behind: member={} thread={}",
                    parts.members.self(),
                    left == null ? thread : ThreadPlace.of(left));
        }
    }

    private void remember(Deadline deadline) {
        bounded("acknowledgements", parts.recollection::rememberAll, Deadline.after(deadline.atMost(REMEMBER_MAX)));
    }

    private void closeTransport() {
        Transport transport = parts.members.transport();
        if (transport != null) {
            transport.close();
        }
    }

    private void closeImages(Deadline deadline) {
        ImageParts opened = parts.imagesIfOpen();
        if (opened != null) {
            opened.close(Deadline.after(deadline.atMost(IMAGES_MAX)));
        }
    }

    private void endFormation(Deadline deadline) {
        Thread thread = parts.formation();
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
            if (!NodeParts.join(thread, deadline.atMost(FORMATION_MAX))) {
                log.warn(
                        "formation did not stop in time, is left behind: member={} thread={}",
                        parts.members.self(),
                        thread.getName());
            }
        }
    }

    private void closeEngine(boolean orderly, Deadline deadline) {
        boolean alone = lockExchange(deadline);
        try {
            closeEngineAlone(orderly, deadline);
        } finally {
            if (alone) {
                parts.exchange().unlock();
            }
        }
    }

    /** False when an exchange takes too long to wait for; what it opens then is closed all the same. */
    private boolean lockExchange(Deadline deadline) {
        try {
            return parts.exchange().tryLock(deadline.atMost(ENGINE_CLOSE_MAX).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void closeEngineAlone(boolean orderly, Deadline deadline) {
        EngineFactory.Handle handle = parts.engineHandle();
        if (handle == null) {
            return;
        }
        if (orderly) {
            handOver(handle.engine(), deadline);
            parts.shutGate(deadline);
            handle.engine().close(new Deadline(deadline.nanos() - CLOSE_END.toNanos()).atMost(ENGINE_CLOSE_MAX));
        } else {
            handle.abandon().run();
        }
    }

    private void handOver(Engine engine, Deadline deadline) {
        if (engine.leaderReady() && parts.members.peers().voters() > 1) {
            Duration max = deadline.atMost(HAND_OVER_MAX);
            try {
                engine.transferLeadership(null, max).get(max.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                log.info("leadership was not handed over: member={} reason={}", parts.members.self(), e.toString());
            }
        }
    }
}
