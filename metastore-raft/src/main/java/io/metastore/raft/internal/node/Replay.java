package io.metastore.raft.internal.node;

import io.metastore.api.Progress.Operation;
import io.metastore.api.Progress.Unit;
import io.metastore.api.ProgressListener;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.JournalFound;
import io.metastore.raft.internal.images.LongWork;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of opening that brings the state to what this member's journal proves to be committed, so that the first local read after a crash does not
 * see less than was read before it. Needs no other member; its length is bounded by what was committed since the last flush of the state. A member alone goes on to
 * the end of its journal, which it commits itself.
 */
final class Replay {

    private static final Logger log = LoggerFactory.getLogger(Replay.class);

    private static final Duration TOLD_EVERY = Duration.ofMillis(100);
    private static final Duration LOGGED_EVERY = Duration.ofSeconds(3);

    /** Longer than any disk is large. */
    private static final Duration FOREVER = Duration.ofDays(365);

    private final NodeParts parts;
    private final ProgressListener listener;
    private final long from;
    private final long to;

    /** @param goal of what the engine found when it started; what came later, from others or from this member itself, is not waited for */
    private Replay(NodeParts parts, ProgressListener listener, ToLongFunction<JournalFound> goal) {
        Engine engine = parts.members.engine();
        this.parts = parts;
        this.listener = listener;
        this.from = parts.state.durable().index();
        this.to = engine == null ? -1 : goal.applyAsLong(engine.found());
    }

    /** Of what is known to be committed. */
    static Replay ofCommitted(NodeParts parts, ProgressListener listener) {
        return new Replay(parts, listener, JournalFound::committed);
    }

    /** Of everything there is. */
    static Replay ofAll(NodeParts parts, ProgressListener listener) {
        return new Replay(parts, listener, found -> found.last().index());
    }

    /** Returns when the state has come that far, or this member has stopped and never will. */
    void await() {
        await(this::isOver, Deadline.after(FOREVER));
    }

    /**
     * Tells how far it has come while it lasts.
     *
     * @param over asked each time the state has moved
     * @return false when the deadline passed first
     * @throws UnavailableException the calling thread was interrupted
     */
    boolean await(BooleanSupplier over, Deadline deadline) {
        if (to <= from) {
            return await(over, deadline, null);
        }
        long started = System.nanoTime();
        boolean done = LongWork.run(parts.members.self(), Operation.OPEN, listener, () -> false, work -> {
            work.step("replaying the journal", to - from, Unit.ENTRIES);
            boolean ended = await(over, deadline, work);
            work.reached(replayed());
            return ended;
        });
        log("journal replayed", started);
        return done;
    }

    private void log(String what, long started) {
        log.info(
                "{}: member={} from={} to={} applied={} millis={}",
                what,
                parts.members.self(),
                from,
                to,
                applied(),
                (System.nanoTime() - started) / 1_000_000);
    }

    /** The listener is told between two waits: it may block, and whoever waits here holds a lock that applying needs. */
    private boolean await(BooleanSupplier over, Deadline deadline, @Nullable LongWork work) {
        long started = System.nanoTime();
        Deadline logged = Deadline.after(LOGGED_EVERY);
        try {
            while (!parts.gate.await(over, Deadline.after(deadline.atMost(TOLD_EVERY)))) {
                if (deadline.passed()) {
                    return false;
                }
                if (work != null) {
                    work.reached(replayed());
                }
                if (logged.passed()) {
                    log("opening", started);
                    logged = Deadline.after(LOGGED_EVERY);
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException(
                    "interrupted while the store was opened: directory=" + parts.directory.root(), e);
        }
    }

    private boolean isOver() {
        return applied() >= to || parts.condition.hasStopped() || parts.condition.isClosed();
    }

    private long replayed() {
        return Math.min(applied(), to) - from;
    }

    private long applied() {
        return parts.state.current().position().index();
    }
}
