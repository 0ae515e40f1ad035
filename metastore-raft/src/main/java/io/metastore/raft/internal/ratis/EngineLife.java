package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.JournalConsumer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the engine still takes part, and why not. Once {@link #isOver()} it answers no message, takes no entry and applies nothing, however long
 * Ratis needs to notice: a member whose journal failed must not go on acknowledging or voting.
 */
final class EngineLife {
    private static final Logger log = LoggerFactory.getLogger(EngineLife.class);

    private final String name;
    private final JournalConsumer consumer;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** Null until the engine stopped by itself. */
    private volatile @Nullable String failure;

    private final CompletableFuture<Void> ending = new CompletableFuture<>();

    private volatile boolean closing;
    private volatile boolean abandoned;
    private volatile Runnable stop = () -> {};

    EngineLife(String name, JournalConsumer consumer) {
        this.name = name;
        this.consumer = consumer;
    }

    /** What to do, without blocking, when the engine fails. Set once, before the engine starts. */
    void onFailure(Runnable newStop) {
        stop = newStop;
    }

    /**
     * The engine cannot go on. The first call tells the consumer and stops the engine; later ones do nothing. Callable from any thread, with any
     * lock.
     */
    void fail(String reason, @Nullable Throwable cause) {
        if (closing || !failed.compareAndSet(false, true)) {
            return;
        }
        failure = cause == null ? reason : reason + ": " + cause;
        log.error(
                "journal engine stopped: node={} reason={}; reopen the member after the cause is gone",
                name,
                reason,
                cause);
        try {
            consumer.failed(reason, cause);
        } finally {
            ending.complete(null);
            stop.run();
        }
    }

    /** This member is not part of the group any more. As {@link #fail}, but that the consumer is told the reason for what it is. */
    void removed(String why) {
        if (closing || !failed.compareAndSet(false, true)) {
            return;
        }
        failure = "removed from the group: " + why;
        log.info("journal engine stopped, member was removed: node={} reason={}", name, why);
        try {
            consumer.removed(why);
        } finally {
            ending.complete(null);
            stop.run();
        }
    }

    /** A regular close has begun; what stops from now on is no failure. */
    void closing() {
        closing = true;
        ending.complete(null);
    }

    /** As {@link #closing()}, and from now on nothing is sent, answered or applied. */
    void abandoned() {
        closing = true;
        abandoned = true;
        ending.complete(null);
    }

    /** Done once the engine begins to end, for whatever reason: for whoever waits for somebody else. */
    CompletableFuture<Void> ending() {
        return ending;
    }

    boolean isClosing() {
        return closing;
    }

    /** Nothing more may leave this engine or reach the state. */
    boolean isOver() {
        return abandoned || failed.get();
    }

    @Nullable
    String failure() {
        return failure;
    }
}
